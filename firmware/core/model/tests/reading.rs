//! What an administrator reads when a document is wrong: the key's path, what was found, what is expected.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use model::settings::{Digits, ProgressTones, Severity, SwitchType, read};

fn first(text: &str) -> String {
    read(text).problems.first().map(ToString::to_string).unwrap_or_default()
}

const GOOD: &str = r#"
[[span]]
name = "pstn"
back_end = { virtual = { socket = "pstn.sock" } }
[[peer]]
name = "phone"
address = "udp:127.0.0.1:5062"
[[route]]
prefix = "100"
to = "phone"
[[route]]
prefix = ""
to = "pstn"
"#;

#[test]
fn good_document_reads_without_a_problem() {
    let reading = read(GOOD);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.settings.unwrap().peers[0].ptime_ms, 20);
}

#[test]
fn digits_go_by_rtp_unless_the_peer_says_info() {
    let digits = |line: &str| {
        let text = GOOD.replace("address = \"udp:127.0.0.1:5062\"\n", &format!("address = \"udp:127.0.0.1:5062\"\n{line}"));
        read(&text).settings.map(|settings| settings.peers[0].digits)
    };
    assert_eq!(digits(""), Some(Digits::Rtp));
    assert_eq!(digits("digits = \"rtp\"\n"), Some(Digits::Rtp));
    assert_eq!(digits("digits = \"info\"\n"), Some(Digits::Info));
    assert_eq!(digits("digits = \"events\"\n"), None);
}

#[test]
fn empty_document_is_a_working_default() {
    assert!(read("").settings.is_some());
}

#[test]
fn unknown_key_is_an_error_with_its_path() {
    insta::assert_snapshot!(first("[sip]\nlissen = []\n"));
}

#[test]
fn wrong_type_is_an_error_with_its_path() {
    insta::assert_snapshot!(first("[media]\njitter_ms = \"long\"\n"));
}

#[test]
fn wrong_word_for_progress_tones_names_those_there_are() {
    let span = "[[span]]\nname = \"pbx\"\nback_end.virtual.socket = \"pbx.sock\"\n";
    assert_eq!(read(span).settings.unwrap().spans[0].progress_tones, ProgressTones::Auto);
    insta::assert_snapshot!(first(&format!("{span}progress_tones = \"maybe\"\n")));
}

#[test]
fn broken_toml_names_the_line() {
    insta::assert_snapshot!(first("[media\n"));
}

#[test]
fn wrong_listen_address_says_what_is_expected() {
    insta::assert_snapshot!(first("[sip]\nlisten = [\"tls:127.0.0.1\"]\n"));
}

#[test]
fn every_check_of_form_names_its_key() {
    let text = r#"
[sip]
listen = ["udp:127.0.0.1:5060", "udp:127.0.0.1:5060", "udp:127.0.0.1:0", "udp:0.0.0.0:5060"]
ring_seconds = 0
[media]
address = "0.0.0.0"
first_port = 1001
last_port = 1000
jitter_ms = 500
[[span]]
name = "9span"
back_end = { virtual = { socket = "" } }
[[peer]]
name = "twin"
address = "tcp:[::1]:5060"
codecs = []
ptime_ms = 25
[[peer]]
name = "twin"
address = "udp:127.0.0.1:5060"
[[route]]
prefix = "12a"
to = "nowhere"
from = "nobody"
strip = 9
"#;
    let reading = read(text);
    assert!(reading.settings.is_none());
    let lines: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn switch_type_and_channels_out_of_service_are_read_and_checked() {
    let span = |lines: &str| format!("[[span]]\nname = \"pstn\"\nback_end = {{ virtual = {{ socket = \"far\" }} }}\n{lines}\n");
    for (word, switch_type) in [("4ess", SwitchType::FourEss), ("ni2", SwitchType::Ni2), ("euro-isdn", SwitchType::EuroIsdn)] {
        let reading = read(&span(&format!("switch_type = \"{word}\"\nout_of_service = [3, 31]")));
        let settings = reading.settings.unwrap_or_else(|| panic!("{:?}", reading.problems));
        assert_eq!(
            (settings.spans[0].switch_type, settings.spans[0].out_of_service.as_slice()),
            (switch_type, [3, 31].as_slice())
        );
    }
    assert!(first(&span("switch_type = \"ni3\"")).contains("switch_type"));
    let bad = first(&span("out_of_service = [16]"));
    assert!(bad.contains("span[0].out_of_service") && bad.contains("timeslot 16"), "{bad}");
}

#[test]
fn hidden_route_is_a_warning_and_the_document_is_used() {
    let reading = read(&format!("{GOOD}[[route]]\nprefix = \"1001\"\nto = \"phone\"\n"));
    assert_eq!(reading.problems[0].severity, Severity::Warning);
    assert_eq!(reading.problems[0].path, "route[2].prefix");
    assert!(reading.settings.is_some());
}
