//! Spans over DAHDI in the configuration: defaults by framing, every check with its path, channel lists, one span by itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::HashSet;

use model::settings::{
    BackEnd, ChannelKind, DahdiSpan, EchoCanceller, Framing, Law, LineCode, Severity, Span, SpanChannel, T1Framing, read,
    read_span, write_span,
};
use proptest::prelude::*;

/// The document's problems, one a line.
fn problems(text: &str) -> String {
    read(text).problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn spans(text: &str) -> Vec<Span> {
    let reading = read(text);
    reading.settings.unwrap_or_else(|| panic!("{:?}", reading.problems)).spans
}

fn span(text: &str) -> Span {
    spans(&format!("[[span]]\nname = \"a\"\n{text}\n")).remove(0)
}

fn dahdi(span: &Span) -> &DahdiSpan {
    span.dahdi().unwrap()
}

const LOC: &str = "dynamic = { driver = \"loc\", address = \"1:0\" }";

#[test]
fn e1_over_hardware_needs_no_more_than_its_id() {
    let span = span("back_end = { dahdi = { hardware = \"te4xxp-0000:05:00.0/1\" } }");
    let dahdi = dahdi(&span);
    assert_eq!(dahdi.line_code(span.framing), Some(LineCode::Hdb3));
    assert_eq!((dahdi.crc4(span.framing), dahdi.t1_framing(span.framing)), (true, None));
    assert_eq!((dahdi.law(span.framing), dahdi.clock, dahdi.write_queue_ms()), (Law::A, 0, 20));
    assert_eq!((dahdi.tone_zone.as_str(), dahdi.hardware_hdlc, &dahdi.echo_canceller), ("us", false, &None));
    assert_eq!((span.d_channel(), span.channel_count(), span.channels().len()), (Some(16), Some(31), 30));
    assert!(span.channels().iter().all(|channel| channel.kind == ChannelKind::B && channel.slot != 16));
}

#[test]
fn t1_defaults_are_b8zs_esf_and_mu_law() {
    let span = span(&format!("framing = \"t1\"\nback_end = {{ dahdi = {{ {LOC} }} }}"));
    let dahdi = dahdi(&span);
    assert_eq!(dahdi.line_code(span.framing), Some(LineCode::B8zs));
    assert_eq!((dahdi.crc4(span.framing), dahdi.t1_framing(span.framing)), (false, Some(T1Framing::Esf)));
    assert_eq!(dahdi.law(span.framing), Law::Mu);
    assert_eq!(dahdi.dynamic.as_ref().unwrap().channels(span.framing), 24);
    assert_eq!(dahdi.write_queue_ms(), 40, "the kernel's timer moves its data");
    assert_eq!((span.d_channel(), span.channels().len()), (Some(24), 23));
}

#[test]
fn every_key_can_be_set() {
    let span = span(
        "framing = \"t1\"\nback_end.dahdi = { hardware = \"usb:X1062348/2\", line_code = \"ami\", t1_framing = \"d4\", \
         line_build_out = 7, clock = 2, law = \"a\", hardware_hdlc = true, tone_zone = \"us\", write_queue_ms = 80, \
         echo_canceller = { taps = 1024, parameters = { aggressive = 1, gain = -3 } } }",
    );
    let dahdi = dahdi(&span);
    assert_eq!((dahdi.line_code(span.framing), dahdi.t1_framing(span.framing)), (Some(LineCode::Ami), Some(T1Framing::D4)));
    assert_eq!((dahdi.line_build_out, dahdi.clock, dahdi.law(span.framing)), (7, 2, Law::A));
    let canceller = dahdi.echo_canceller.clone().unwrap();
    assert_eq!((canceller.module.as_str(), canceller.taps, canceller.parameters["gain"]), ("mg2", 1024, -3));
    assert_eq!(EchoCanceller::default().taps, 128);
}

#[test]
fn cas_list_gives_slots_kinds_and_idle_bits_in_order() {
    let span = span(&format!(
        "signalling = \"cas\"\nback_end.dahdi = {{ {LOC}, channels = [\n\
         {{ slots = \"17 - 30\", kind = \"cas\", idle_bits = 9 }},\n\
         {{ slots = \"2-15,1\", kind = \"cas\" }},\n\
         {{ slots = \"31\", kind = \"b\" }},\n\
         {{ slots = \"16\", kind = \"unused\" }} ] }}"
    ));
    let channels = span.channels();
    assert_eq!(channels.iter().map(|channel| channel.slot).collect::<Vec<_>>(), (1..=31).collect::<Vec<_>>());
    assert_eq!(channels[0], SpanChannel { slot: 1, kind: ChannelKind::Cas, idle_bits: 0b1101 });
    assert_eq!(channels[15], SpanChannel { slot: 16, kind: ChannelKind::Unused, idle_bits: 0 });
    assert_eq!(channels[16], SpanChannel { slot: 17, kind: ChannelKind::Cas, idle_bits: 9 });
    assert_eq!(channels[30], SpanChannel { slot: 31, kind: ChannelKind::B, idle_bits: 0 });
    assert_eq!((span.d_channel(), span.carries_calls()), (None, false));
}

#[test]
fn analog_card_has_ports_by_what_is_plugged_into_them() {
    let span = span(
        "framing = \"analog\"\nsignalling = \"analog\"\nback_end.dahdi = { hardware = \"PCI Bus 05 Slot 01/1\", country_mode = \"TBR21\", \
         channels = [ { slots = \"1-2\", kind = \"fxs-kewl\", impedance = \"600\" }, { slots = \"3-4\", kind = \"fxo-loop\" } ] }",
    );
    let kinds: Vec<ChannelKind> = span.channels().iter().map(|channel| channel.kind).collect();
    let (fxs, fxo) = (ChannelKind::FxsKewl, ChannelKind::FxoLoop);
    assert_eq!(kinds, [fxs, fxs, fxo, fxo]);
    assert_eq!((span.channel_count(), dahdi(&span).law(Framing::Analog)), (None, Law::Mu));
}

#[test]
fn other_signalling_is_a_warning_and_a_route_to_it_an_error() {
    let document = format!(
        "[[span]]\nname = \"r2\"\nsignalling = \"cas\"\nback_end.dahdi = {{ {LOC}, channels = [{{ slots = \"1-15,17-31\", kind = \"cas\" }}] }}\n\
         [[peer]]\nname = \"phone\"\naddress = \"udp:127.0.0.1:5062\"\n"
    );
    let reading = read(&document);
    assert!(reading.settings.is_some());
    assert_eq!(
        problems(&document),
        "warning: span[0].signalling: a span with signalling cas is configured and watched, but carries no calls in this release"
    );
    let routed =
        format!("{document}[[route]]\nfrom = \"r2\"\nprefix = \"1\"\nto = \"phone\"\n[[route]]\nprefix = \"2\"\nto = \"r2\"\n");
    let reading = read(&routed);
    assert!(reading.settings.is_none());
    insta::assert_snapshot!(problems(&routed));
}

/// Spans that each break several rules.
const EVERY_MISTAKE: &str = r#"
[[span]]
name = "neither"
back_end.dahdi = { line_build_out = 8, clock = 16, write_queue_ms = 9, tone_zone = "de" }
[[span]]
name = "both"
back_end.dahdi = { hardware = "x/1", dynamic = { driver = "loc", address = "1:0" } }
[[span]]
name = "no-port"
back_end.dahdi = { hardware = "te4xxp-0000:05:00.0", line_code = "b8zs", t1_framing = "esf" }
[[span]]
name = "odd-loc"
framing = "t1"
back_end.dahdi = { dynamic = { driver = "loc", address = "10:0", channels = 23 }, hardware_hdlc = true, crc4 = false, line_code = "hdb3" }
[[span]]
name = "odd-driver"
back_end.dahdi = { dynamic = { driver = "../loc", address = "" } }
[[span]]
name = "odd-canceller"
back_end.dahdi = { hardware = "y/1", channels = [{ slots = "1", kind = "b" }], echo_canceller = { module = "MG2", taps = 100, parameters = { "a b" = 1 } } }
[[span]]
name = "twin"
back_end.dahdi = { hardware = "y/1", country_mode = "FCC" }
[[span]]
name = "no-list"
signalling = "cas"
back_end.dahdi = { hardware = "y/2", hardware_hdlc = true }
[[span]]
name = "bad-list"
signalling = "em"
framing = "t1"
back_end.dahdi = { hardware = "y/3", channels = [
  { slots = "1-10", kind = "em-e1" },
  { slots = "10-12,8", kind = "em", idle_bits = 3, impedance = "600" },
  { slots = "24-26", kind = "fxs-loop" },
] }
[[span]]
name = "unreadable"
signalling = "cas"
back_end.dahdi = { hardware = "y/4", channels = [
  { slots = "", kind = "cas" },
  { slots = "0-3", kind = "cas" },
  { slots = "3-1", kind = "cas", idle_bits = 16 },
  { slots = "15-17", kind = "cas" },
  { slots = "1-999", kind = "cas" },
] }
[[span]]
name = "analog-pri"
framing = "analog"
back_end.dahdi = { hardware = "z/1" }
[[span]]
name = "analog-clock"
framing = "analog"
signalling = "analog"
back_end.dahdi = { hardware = "z/2", clock = 1, line_build_out = 1, line_code = "ami", country_mode = "", channels = [{ slots = "1-65", kind = "fxo-kewl", impedance = "" }] }
[[span]]
name = "cas-virtual"
signalling = "cas"
back_end = { virtual = { socket = "x.sock" } }
"#;

#[test]
fn every_check_of_a_dahdi_span_names_its_key() {
    insta::assert_snapshot!(problems(EVERY_MISTAKE));
}

#[test]
fn kinds_that_types_refuse_name_what_is_expected() {
    let list = "signalling = \"cas\"\nback_end.dahdi = { hardware = \"a/1\", channels = [{ slots = \"1\", kind = \"fxs\" }] }";
    let text = problems(&format!("[[span]]\nname = \"a\"\n{list}\n"));
    assert!(text.contains("kind") && text.contains("`fxs-kewl`"), "{text}");
    let text = problems("[[span]]\nname = \"a\"\nback_end.dahdi = { hardwear = \"a/1\" }\n");
    assert!(text.starts_with("error: span[0].back_end") && text.contains("hardwear"), "{text}");
}

#[test]
fn slots_in_no_group_are_a_warning() {
    let text = problems(&format!(
        "[[span]]\nname = \"a\"\nsignalling = \"cas\"\nback_end.dahdi = {{ {LOC}, channels = [{{ slots = \"1-14,18-31\", kind = \"cas\" }}] }}\n"
    ));
    let expected = "warning: span[0].back_end.dahdi.channels: slots 15,17 are in no group and stay unused; kind = \"unused\" says that they shall";
    assert_eq!(text.lines().last().unwrap(), expected);
}

#[test]
fn same_clock_priority_is_a_warning_and_the_same_device_an_error() {
    let one = |name: &str, port: u8, clock: u8| {
        format!("[[span]]\nname = \"{name}\"\nback_end.dahdi = {{ hardware = \"card/{port}\", clock = {clock} }}\n")
    };
    assert_eq!(problems(&(one("a", 1, 1) + &one("b", 2, 2) + &one("c", 3, 0) + &one("d", 4, 0))), "");
    let reading = read(&(one("a", 1, 1) + &one("b", 2, 1)));
    assert_eq!(
        (reading.problems[0].severity, reading.problems[0].path.as_str()),
        (Severity::Warning, "span[1].back_end.dahdi.clock")
    );
    assert!(reading.settings.is_some());
    let text = problems(&(one("a", 1, 0) + &one("b", 1, 0)));
    assert_eq!(text, "error: span[1].back_end.dahdi.hardware: found \"card/1\", which span[0] has too, expected one of its own");
    let pair = |name: &str, id: u8| {
        let address = format!("dynamic = {{ driver = \"loc\", address = \"1:{id}\" }}");
        format!("[[span]]\nname = \"{name}\"\nback_end.dahdi = {{ {address} }}\n")
    };
    assert_eq!(problems(&(pair("a", 0) + &pair("b", 1))), "");
    assert!(problems(&(pair("a", 0) + &pair("b", 0))).starts_with("error: span[1].back_end.dahdi.dynamic.address: "));
}

#[test]
fn media_keys_have_working_defaults_and_ranges() {
    let media = read("").settings.unwrap().media;
    assert_eq!((media.poller, media.core, media.real_time_priority, media.dscp), (None, None, 10, 46));
    assert_eq!(problems("[media]\npoller = \"epoll\"\ncore = 1\nreal_time_priority = 0\n"), "");
    assert_eq!(problems("[media]\npoller = \"io-uring\"\nreal_time_priority = 99\n"), "");
    assert_eq!(
        problems("[media]\ncore = 1024\nreal_time_priority = 100\ndscp = 64\n"),
        "error: media.core: found 1024, expected 0 to 1023\nerror: media.dscp: found 64, expected 0 to 63\nerror: media.real_time_priority: found 100, expected 0 to 99"
    );
    assert!(problems("[media]\npoller = \"select\"\n").contains("`io-uring`"));
}

#[test]
fn one_span_by_itself_reads_and_says_what_is_wrong() {
    let reading = read_span("[[span]]\nname = \"a\"\nback_end.dahdi = { hardware = \"card/1\", clock = 1 }\n");
    assert_eq!((reading.span.unwrap().name.as_str(), reading.problems.len()), ("a", 0));
    let first = |text: &str| {
        let reading = read_span(text);
        assert!(reading.span.is_none());
        reading.problems[0].to_string()
    };
    assert_eq!(first("span = []"), "error: span: found 0 spans, expected one [[span]]");
    assert!(first("").contains("missing field `span`"), "{}", first(""));
    assert!(first("name = \"box\"\n[[span]]\nname = \"a\"\nback_end.dahdi = {}\n").contains("unknown field `name`"));
    assert!(first("[[span]]\nname = \"a\"\nback_end.dahdi = {}\n").contains("junctor span detect"));
    let two = "[[span]]\nname = \"a\"\nback_end.dahdi = {}\n".repeat(2);
    assert_eq!(first(&two), "error: span: found 2 spans, expected one [[span]]");
}

fn any_dahdi() -> impl Strategy<Value = DahdiSpan> {
    let keys = (any::<Option<bool>>(), 0..=7_u8, 0..=15_u8, any::<bool>(), proptest::option::of(10..=80_u8), 1..=99_u8);
    keys.prop_map(|(crc4, line_build_out, clock, hardware_hdlc, write_queue_ms, port)| DahdiSpan {
        hardware: Some(format!("card \"{port}\"/{port}")),
        crc4,
        line_build_out,
        clock,
        hardware_hdlc,
        write_queue_ms,
        echo_canceller: hardware_hdlc
            .then(|| EchoCanceller { parameters: [("gain".into(), -7)].into(), ..EchoCanceller::default() }),
        ..DahdiSpan::default()
    })
}

proptest! {
    #[test]
    fn written_span_reads_back_the_same_as_toml_and_as_json(dahdi in any_dahdi()) {
        let span = Span { back_end: BackEnd::Dahdi(Box::new(dahdi)), ..span("back_end.dahdi = { hardware = \"a/1\" }") };
        let text = write_span(&span);
        prop_assert_eq!(read_span(&text).span, Some(span.clone()), "{}", text);
        prop_assert_eq!(&serde_json::from_str::<Span>(&serde_json::to_string(&span).unwrap()).unwrap(), &span);
    }

    #[test]
    fn any_slot_list_is_read_or_refused_and_never_gives_a_slot_twice(slots in "[0-9,\\- ]{0,40}") {
        let list = format!("signalling = \"cas\"\nback_end.dahdi = {{ {LOC}, channels = [{{ slots = \"{slots}\", kind = \"cas\" }}] }}");
        let reading = read(&format!("[[span]]\nname = \"a\"\n{list}\n"));
        if let Some(settings) = reading.settings {
            let channels = settings.spans[0].channels();
            let distinct: HashSet<u8> = channels.iter().map(|channel| channel.slot).collect();
            prop_assert_eq!(distinct.len(), channels.len());
            prop_assert!(!channels.is_empty() && channels.iter().all(|channel| (1..=31).contains(&channel.slot) && channel.slot != 16));
        }
    }
}
