//! The page in a real Chromium (hw-tests/web/status-page.mjs), junctord played by the stand-in, which also dies and comes
//! back. Needs Debian's nodejs, npm and chromium, and `npm ci` in hw-tests/web; fails without them and says so.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use client::time::now;
use model::api::{Call, CallRecord, CallState};
use running::Web;
use running::fake::{Fake, samples};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

fn record(id: u64) -> CallRecord {
    CallRecord { ended_at: now(), ..samples::record(id, "2005", "100", 16, "normal call clearing") }
}

/// Does what the test asks for.
fn play(fake: &mut Fake, need: &str) {
    match need {
        "call" => {
            fake.change(|world| world.status.counters.calls += 1);
            fake.call(Call { started_at: now(), ..samples::call(8, CallState::Setup) });
            fake.call(Call { started_at: now(), ..samples::call(8, CallState::Ringing) });
        }
        "call-end" => fake.end(record(8)),
        "outage" => {
            // What the page shows when it breaks off must not be what is true when it is back.
            fake.call(samples::call(9, CallState::Answered));
            fake.stop();
            fake.end(record(9));
        }
        "recovery" => fake.resume(),
        other => panic!("status-page.mjs needs {other:?}, unknown here"),
    }
}

#[tokio::test]
async fn page_in_chromium_follows_calls_and_heals_after_an_outage() {
    let mut fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../hw-tests/web").canonicalize().unwrap();
    assert!(folder.join("node_modules/playwright-core").exists(), "run `npm ci` in {} first", folder.display());
    let mut node = Command::new("node");
    node.current_dir(&folder).args(["status-page.mjs", "--web-stays", "--url", &web.url(), "--control"]).arg(fake.socket());
    if let Some(shots) = std::env::var_os("JUNCTOR_SHOTS") {
        node.arg("--shots").arg(shots);
    }
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("cannot run node");
    let mut answers = node.stdin.take().unwrap();
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let mut said = String::new();
    let conversation = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            said += &format!("{line}\n");
            if let Some(need) = line.strip_prefix("need: ") {
                play(&mut fake, need);
                answers.write_all(b"done\n").await.unwrap();
            }
        }
        node.wait().await.unwrap()
    };
    let status = timeout(Duration::from_secs(150), conversation).await;
    println!("{said}");
    assert!(status.is_ok_and(|status| status.success()) && said.contains(" passed, 0 failed"), "{said}");
}
