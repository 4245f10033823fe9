//! What a flight recorder keeps, how it is read on, and what gives way.

use super::*;

const SPAN: SpanId = SpanId(0);

fn sabme(recorders: &mut Recorders, times: usize) {
    for _ in 0..times {
        recorders.frame(SPAN, true, &[0x00, 0x01, 0x7f], None);
    }
}

#[test]
fn entries_are_read_in_order_and_on_from_the_last_one_seen() {
    let mut recorders = Recorders::default();
    sabme(&mut recorders, 1);
    recorders.frame(SPAN, false, &[0x00, 0x01, 0x73], Some(7));
    let first = recorders.read(SPAN, 0, 100);
    assert_eq!(first.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(first.entries[1].what, Happening::Frame { sent: false, text: "UA f=1".into(), call: Some(7) });
    assert_eq!(recorders.read(SPAN, 2, 100), Recording::default());
    sabme(&mut recorders, 1);
    assert_eq!(recorders.read(SPAN, 2, 100).entries[0].number, 3);
    assert_eq!(recorders.read(SpanId(5), 0, 100), Recording::default());
}

#[test]
fn oldest_entries_give_way_and_are_counted_as_lost() {
    let mut recorders = Recorders::default();
    sabme(&mut recorders, KEPT + 10);
    let all = recorders.read(SPAN, 0, usize::MAX);
    assert_eq!((all.entries.len(), all.entries[0].number, all.lost), (KEPT, 11, 10));
    let newest = recorders.read(SPAN, 0, 2);
    assert_eq!((newest.entries.len(), newest.lost), (2, KEPT as u64 + 8));
    assert_eq!(recorders.read(SPAN, 15, usize::MAX).lost, 0);
}

#[test]
fn long_frames_are_bounded_by_their_octets() {
    let mut recorders = Recorders::default();
    for _ in 0..KEPT_OCTETS / 1000 + 5 {
        recorders.frame(SPAN, true, &[0; 1000], None);
    }
    assert!(recorders.spans[&SPAN].octets <= KEPT_OCTETS);
    let kept = KEPT_OCTETS / 1000;
    assert_eq!(recorders.read(SPAN, 0, usize::MAX).entries.len(), kept);
}

#[test]
fn span_that_changes_is_noted_once_a_change() {
    let mut recorders = Recorders::default();
    let text = "[[span]]\nname = \"a\"\nback_end.virtual.socket = \"a.sock\"\n";
    let settings =
        model::settings::Settings { spans: vec![model::settings::read_span(text).span.unwrap()], ..Default::default() };
    let clock = call::controller::WallClock { instant: std::time::Instant::now(), unix_ms: 0 };
    let engine = call::Engine::new(call::Plan { settings, clock, first_call: 1, out_at_far_end: Vec::new(), seed: [0; 32] });
    let mut span = engine.span(SPAN).unwrap();
    recorders.shown(SPAN, &span);
    recorders.shown(SPAN, &span);
    span.link = api::LinkState::Up;
    recorders.shown(SPAN, &span);
    let noted: Vec<Happening> = recorders.read(SPAN, 0, 100).entries.into_iter().map(|entry| entry.what).collect();
    let expected = [
        Happening::State { state: api::SpanState::Running },
        Happening::Alarms { alarms: api::Alarms::default() },
        Happening::Link { link: api::LinkState::Down },
        Happening::Link { link: api::LinkState::Up },
    ];
    assert_eq!(noted, expected);
}

#[test]
fn capture_has_the_frames_and_nothing_else() {
    let mut recorders = Recorders::default();
    let empty = recorders.capture(SPAN, false).len();
    sabme(&mut recorders, 2);
    let file = recorders.capture(SPAN, false);
    // Each packet: 28 octets of block, 16 of LAPD's header, 3 of the frame padded to 4, 4 of the block's end.
    assert_eq!(file.len(), empty + 2 * (28 + 20 + 4));
}
