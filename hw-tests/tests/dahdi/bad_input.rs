//! Spans that cannot be had, over the real kernel: each refusal names the span and the cure, and a span opened before still moves audio, octet
//! by octet as sent. Left out: modules that are too old (the scripted kernel of `tdm` has them).

use crate::far_end::{FarEnd, Span};
use crate::near_end::{e1_isdn, kernel, loc};
use crate::stranger;
use crate::talk::Talk;
use hw_tests::scratch::Scratch;
use ring::Backend;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tdm::Law;
use tdm::dahdi::{DahdiSpan, EchoCanceller, Place, Refused, SpanConfig};

/// The span that cannot be had. Its far end, where there is one, is `2:1`.
fn victim() -> SpanConfig {
    let mut config = e1_isdn(2, 0);
    config.name = "victim".to_owned();
    config
}

#[track_caller]
fn refused(config: SpanConfig) -> Refused {
    match DahdiSpan::open(&kernel(), config) {
        Ok(_) => panic!("the span was opened"),
        Err(refused) => refused,
    }
}

/// Refuses the span while another one talks. Returns what was said.
#[track_caller]
fn refused_beside_a_talk(scratch: &Scratch, refuse: impl FnOnce() -> Refused + Send) -> Refused {
    let time = Duration::from_millis(700);
    let mut talk = Talk::start(scratch, 8, 1, Backend::IoUring);
    talk.near.run(time);
    let began = Instant::now();
    // As in the gateway, spans are opened away from the thread that serves.
    let refused = std::thread::scope(|scope| {
        let opening = scope.spawn(refuse);
        while !opening.is_finished() {
            talk.near.turn();
        }
        opening.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    println!("{refused} (after {:?})", began.elapsed());
    talk.near.run(time);
    let heard = talk.stop();
    assert_eq!(heard.lost, (0, 0), "underruns and overruns");
    for one in heard.here.iter().chain(&heard.there) {
        assert!(one.is_exact(5000), "{} octets came, gaps {:?}", one.right, one.gaps);
    }
    refused
}

#[track_caller]
fn says(refused: &Refused, words: &[&str]) {
    let text = refused.to_string();
    assert!(text.starts_with("span \"victim\": cannot "), "{text}");
    for words in words {
        assert!(text.contains(words), "no {words:?} in: {text}");
    }
}

#[test]
fn span_with_the_law_of_another_kind_is_refused() {
    let scratch = Scratch::new("bad-law");
    let said = refused_beside_a_talk(&scratch, || refused(SpanConfig { law: Law::Mu, ..victim() }));
    says(&said, &["law of an E1 is A", "set law = \"a\""]);
}

#[test]
fn span_configured_by_dahdi_cfg_is_refused() {
    let scratch = Scratch::new("bad-configured");
    let other = Scratch::new("bad-configured-other");
    let theirs = FarEnd::start(&other, &[Span::loc(2, 0, 31).with("alaw", &[(1, 31)]).with("e&m", &[(1, 15)])]);
    let said = refused_beside_a_talk(&scratch, || refused(victim()));
    says(&said, &["another program has configured it", "dahdi_cfg -s"]);
    assert!(theirs.spans()[0].proc_text().contains("E&M"), "theirs was touched: {}", theirs.spans()[0].proc_text());
}

#[test]
fn span_whose_channel_another_process_has_open_is_refused() {
    let scratch = Scratch::new("bad-busy");
    let other = Scratch::new("bad-busy-other");
    let theirs = FarEnd::start(&other, &[Span::e1_isdn(2, 0)]);
    let number = theirs.spans()[0].channel(7);
    let mut holder = Holder::of(number);
    let said = refused_beside_a_talk(&scratch, || refused(victim()));
    holder.end();
    says(&said, &[&format!("channels {number} are busy"), "stop sleep (process "]);
    // Nobody has it any more, and theirs is as it was.
    drop(stranger::open(number));
}

/// A process that has a channel open by its own device.
struct Holder {
    child: Child,
    node: String,
}

impl Holder {
    fn of(channel: u32) -> Self {
        let node = format!("/dev/dahdi/{channel}");
        let made = Command::new("mknod").args([&node, "c", "196", &channel.to_string()]).status().unwrap();
        assert!(made.success(), "mknod {node}: {made}");
        let device = std::fs::File::options().read(true).write(true).open(&node).unwrap();
        let child = Command::new("sleep").arg("60").stdin(Stdio::from(device)).spawn().unwrap();
        Self { child, node }
    }

    fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.node);
    }
}

#[test]
fn user_outside_the_group_is_refused() {
    let scratch = Scratch::new("bad-user");
    let said = refused_beside_a_talk(&scratch, || {
        let nobody = nix::unistd::Uid::from_raw(65534);
        nix::unistd::seteuid(nobody).unwrap();
        let said = DahdiSpan::open(&kernel(), victim()).err();
        nix::unistd::seteuid(nix::unistd::Uid::from_raw(0)).unwrap();
        said.expect("nobody was let in")
    });
    says(&said, &["open /dev/dahdi/ctl", "usermod -aG dahdi"]);
    assert!(!said.missing);
}

#[test]
fn driver_whose_module_is_missing_is_refused() {
    let scratch = Scratch::new("bad-driver");
    let place =
        Place::Dynamic { driver: "ethmf".to_owned(), address: "lo/00:00:00:00:00:00/0".to_owned(), channels: 31, timing: 0 };
    let said = refused_beside_a_talk(&scratch, || refused(SpanConfig { place, ..victim() }));
    says(&said, &["dahdi_dynamic_ethmf", "modprobe"]);
}

#[test]
fn module_of_local_spans_unloaded_is_refused_and_named() {
    let rmmod = Command::new("rmmod").arg("dahdi_dynamic_loc").status().unwrap();
    assert!(rmmod.success(), "rmmod: {rmmod}");
    let said = DahdiSpan::open(&kernel(), victim());
    let modprobe = Command::new("modprobe").arg("dahdi_dynamic_loc").status().unwrap();
    assert!(modprobe.success(), "modprobe: {modprobe}");
    // Where the kernel finds a modprobe it loads the module again by itself; the guest has none where it looks.
    let said = said.err().expect("the span was opened");
    println!("{said}");
    says(&said, &["dahdi_dynamic_loc", "modprobe"]);
}

#[test]
fn control_device_missing_is_refused_and_the_cure_is_udev() {
    let scratch = Scratch::new("bad-device");
    let said = refused_beside_a_talk(&scratch, || {
        std::fs::rename("/dev/dahdi/ctl", "/dev/dahdi/ctl.away").unwrap();
        let said = DahdiSpan::open(&kernel(), victim()).err();
        std::fs::rename("/dev/dahdi/ctl.away", "/dev/dahdi/ctl").unwrap();
        said.expect("opened without a control device")
    });
    says(&said, &["open /dev/dahdi/ctl", "udev"]);
}

#[test]
fn echo_canceller_that_is_not_there_is_refused_and_all_is_undone() {
    let scratch = Scratch::new("bad-canceller");
    let echo = EchoCanceller { module: "nosuch".to_owned(), taps: 128, parameters: Vec::new() };
    let before = crate::far_end::kernel_spans();
    let said = refused_beside_a_talk(&scratch, || refused(SpanConfig { echo: Some(echo), place: loc(2, 0, 31), ..victim() }));
    says(&said, &["echo canceller \"nosuch\"", "modprobe dahdi_echocan_nosuch"]);
    assert_eq!(crate::far_end::kernel_spans(), before, "the span that was refused is still there");
}
