//! Who cancels a span's echo: what the settings come to, and what cannot be.
#![allow(clippy::unwrap_used, reason = "tests")]

use model::settings::{Canceller, EchoCanceller, Span, read};

const VIRTUAL: &str = "back_end = { virtual = { socket = \"a.sock\" } }";
const CARD: &str = "back_end = { dahdi = { hardware = \"a/1\" } }";
const WITH_MG2: &str = "back_end = { dahdi = { hardware = \"a/1\", echo_canceller = { taps = 256 } } }";
const WITH_HWEC: &str = "back_end = { dahdi = { hardware = \"a/1\", echo_canceller = { module = \"hwec\" } } }";

fn document(echo: &str, back_end: &str) -> String {
    format!("[[span]]\nname = \"a\"\n{echo}\n{back_end}\n")
}

fn span(echo: &str, back_end: &str) -> Span {
    let reading = read(&document(echo, back_end));
    reading.settings.unwrap_or_else(|| panic!("{:?}", reading.problems)).spans.remove(0)
}

fn kernel(module: &str, taps: u16) -> Option<EchoCanceller> {
    Some(EchoCanceller { module: module.into(), taps, ..EchoCanceller::default() })
}

#[test]
fn nothing_is_said_the_kernels_cancels_where_it_is_named_else_our_own() {
    let said = |back_end| (span("", back_end).canceller(), span("", back_end).kernel_echo_canceller());
    assert_eq!(said(VIRTUAL), (Canceller::Own, None));
    assert_eq!(said(CARD), (Canceller::Own, None));
    assert_eq!(said(WITH_MG2), (Canceller::Kernel, kernel("mg2", 256)));
    assert_eq!(said(WITH_HWEC), (Canceller::Card, kernel("hwec", 128)));
    assert_eq!(span("", CARD).echo.tail_ms, 128);
}

#[test]
fn one_is_chosen_the_kernel_is_told_of_its_own_only() {
    let said = |canceller: &str| span(&format!("echo = {{ canceller = \"{canceller}\", tail_ms = 32 }}"), CARD);
    assert_eq!(said("card").kernel_echo_canceller(), kernel("hwec", 128));
    assert_eq!(said("kernel").kernel_echo_canceller(), kernel("mg2", 128));
    for (canceller, expected) in [("own", Canceller::Own), ("spandsp", Canceller::Spandsp), ("off", Canceller::Off)] {
        assert_eq!((said(canceller).canceller(), said(canceller).kernel_echo_canceller()), (expected, None));
    }
}

#[test]
fn what_cannot_be_is_named_with_its_path() {
    let problems = |echo: &str, back_end: &str| {
        let found = read(&document(echo, back_end)).problems;
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let card = problems("echo = { canceller = \"card\" }", VIRTUAL);
    assert!(card.contains("span[0].echo.canceller") && card.contains("\"card\" on a virtual span"), "{card}");
    let both = problems("echo = { canceller = \"off\" }", WITH_MG2);
    assert!(both.contains("span[0].echo.canceller") && both.contains("\"mg2\""), "{both}");
    for tail in [7, 129] {
        let range = problems(&format!("echo = {{ tail_ms = {tail} }}"), VIRTUAL);
        assert!(range.contains("span[0].echo.tail_ms") && range.contains("8 to 128"), "{range}");
    }
}
