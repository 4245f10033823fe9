//! The status page in a real Chromium (web/status-page.mjs), with the whole box behind it and a real call on it.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarCall, FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::process::{Process, our_program};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{river, town};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// The longest that the browser takes between two lines: a lost connection may need 25 s to be noticed and to heal.
const NEXT_LINE: Duration = Duration::from_secs(60);

/// The browser test, ended on drop.
struct Browser {
    node: Child,
    answers: ChildStdin,
    lines: Receiver<String>,
}

impl Browser {
    fn start(url: &str, control: &Path) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        assert!(folder.join("node_modules/playwright-core").exists(), "run `npm ci` in {} first", folder.display());
        let mut command = Command::new("node");
        command.current_dir(&folder).args(["status-page.mjs", "--url", url, "--control"]).arg(control);
        if let Some(shots) = std::env::var_os("JUNCTOR_SHOTS") {
            command.arg("--shots").arg(shots);
        }
        let mut node = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("cannot run node (package nodejs)");
        let (answers, output) = (node.stdin.take().unwrap(), node.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { node, answers, lines }
    }

    /// Passes each need to `meet` until the browser has no more to say; returns all it said.
    fn converse(&mut self, mut meet: impl FnMut(&str)) -> String {
        let mut said = String::new();
        loop {
            let line = match self.lines.recv_timeout(NEXT_LINE) {
                Ok(line) => line,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return said,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("nothing more within {NEXT_LINE:?} after:\n{said}"),
            };
            said += &format!("{line}\n");
            if let Some(need) = line.strip_prefix("need: ") {
                meet(need);
                self.answers.write_all(b"done\n").unwrap();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _already_ended = self.node.kill();
        let _reaped = self.node.wait();
    }
}

#[test]
fn page_in_chromium_follows_a_real_call_and_heals_after_an_outage() {
    let scratch = Scratch::new("web-page");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let options = Options::speaking("1001", &river()).auto_answer();
    let transport = options.transport_used();
    let phone = Baresip::start(&scratch, options);
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", transport, phone.port()));
    let address = format!("127.0.0.1:{}", free_port());
    let start_web = || {
        let arguments = ["--listen".as_ref(), address.as_ref(), "--control".as_ref(), gateway.control().as_os_str()];
        let mut web = Process::start(&our_program("junctor-web", "web"), arguments, scratch.subdirectory("web").join("log"));
        web.wait_for_line("junctor-web ready", SOON);
        web
    };
    let mut web = start_web();
    let mut browser = Browser::start(&format!("http://{address}/"), gateway.control());
    let mut call: Option<FarCall> = None;
    let said = browser.converse(|need| match need {
        "call" => {
            let mut placed = far.call(&Placed::to("1001").says(&town()));
            placed.wait_for("connected", SOON);
            call = Some(placed);
        }
        "call-end" => {
            let mut placed = call.take().unwrap();
            placed.hang_up();
            placed.wait_for("released", SOON);
            gateway.wait_until_idle(SOON);
        }
        "outage" => drop(web.stop()),
        "recovery" => web = start_web(),
        other => panic!("status-page.mjs needs {other:?}, unknown here"),
    });
    println!("{said}");
    assert!(said.contains(" passed, 0 failed"), "{said}\n{}\n{}", web.log_tail(), gateway.log_tail());
    assert!(browser.node.wait().unwrap().success());
}
