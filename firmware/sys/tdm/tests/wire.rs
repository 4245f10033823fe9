//! The message of a tick: reads back what was written, survives any octets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
use proptest::prelude::*;
use tdm::virtual_span::wire::{Chunk, Malformed, Message, Shape, Signal};
use tdm::{Alarms, BLOCK, Hook, Law, SpanKind};

fn signal() -> impl Strategy<Value = Signal> {
    prop_oneof![
        prop::sample::select(vec![Hook::OnHook, Hook::OffHook, Hook::Wink, Hook::Flash, Hook::Start, Hook::Ring, Hook::RingOff])
            .prop_map(Signal::Hook),
        any::<bool>().prop_map(|reversed| Signal::Polarity { reversed }),
    ]
}

fn chunk() -> impl Strategy<Value = Chunk> {
    (1..=31_u8, any::<[bool; 3]>(), prop::collection::vec(any::<u8>(), 0..=255))
        .prop_map(|(slot, [first, last, abort], octets)| Chunk { slot, first, last, abort, octets })
}

prop_compose! {
    fn message()(
        lock_step in any::<bool>(),
        kind in prop::sample::select(vec![SpanKind::E1, SpanKind::T1, SpanKind::Analog]),
        law in prop::sample::select(vec![Law::A, Law::Mu]),
        timeslots in 31..=63_u8,
        alarms in 0..0x200_u16,
        tick in any::<u64>(),
        audio in prop::collection::btree_map(1..=31_u8, prop::array::uniform32(any::<u8>()), 0..31),
        chunks in prop::collection::vec(chunk(), 0..6),
        bits in prop::collection::vec((1..=31_u8, 0..16_u8), 0..31),
        signals in prop::collection::vec((1..=31_u8, signal()), 0..31),
    ) -> Message {
        let audio = audio.into_iter().map(|(slot, seed)| (slot, std::array::from_fn::<u8, BLOCK, _>(|at| seed[at % 32]))).collect();
        Message { lock_step, shape: Shape { kind, law, timeslots }, alarms: Alarms::from_bits(alarms), tick, audio, chunks, bits, signals }
    }
}

fn emit(message: &Message) -> Vec<u8> {
    let mut out = Vec::new();
    message.emit(&mut out);
    out
}

const E1: Shape = Shape { kind: SpanKind::E1, law: Law::A, timeslots: 31 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_message_reads_back_as_written(message in message()) {
        prop_assert_eq!(Message::parse(&emit(&message)), Ok(message));
    }

    #[test]
    fn any_octets_never_panic_and_what_parses_is_emitted_again(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(message) = Message::parse(&octets) {
            prop_assert_eq!(emit(&message), octets);
        }
    }

    #[test]
    fn damaged_messages_never_panic_and_what_parses_is_emitted_again(
        message in message(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()
    ) {
        let mut octets = emit(&message);
        for (at, value) in damage {
            let at = at.index(octets.len());
            octets[at] = value;
        }
        for octets in [&octets[..], &octets[..cut.index(octets.len())]] {
            if let Ok(message) = Message::parse(octets) {
                prop_assert_eq!(emit(&message), octets);
            }
        }
    }
}

#[test]
fn layout_is_as_documented() {
    let mut message = Message::new(E1, 0x0102);
    message.alarms = Alarms::YELLOW;
    message.chunks.push(Chunk { slot: 16, first: true, last: true, abort: false, octets: vec![0xaa, 0xbb] });
    message.bits.push((5, 9));
    message.signals.push((7, Signal::Hook(Hook::Ring)));
    let expected = b"JTDM\x01\x00\x01\x01\x1f\x00\x00\x02\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\0\x00\x01\x10\x03\x02\xaa\xbb\x01\x05\x09\x01\x07\x05";
    assert_eq!(emit(&message), expected);
}

#[test]
fn each_fault_is_named() {
    let good = emit(&Message::new(E1, 0));
    let with = |at: usize, value: u8| {
        let mut octets = good.clone();
        octets[at] = value;
        Message::parse(&octets).unwrap_err().to_string()
    };
    assert_eq!(with(0, b'X'), "wrong magic [58, 54, 44, 4d]");
    assert_eq!(with(4, 2), "version 2, this end speaks 1");
    assert_eq!(with(5, 2), "flags cannot be 2");
    assert_eq!(with(6, 0), "span kind cannot be 0");
    assert_eq!(with(7, 3), "law cannot be 3");
    assert_eq!(with(8, 64), "timeslots cannot be 64");
    assert_eq!(with(20, 1), "audio timeslot cannot be 56");
    assert_eq!(with(27, 1), "audio timeslot cannot be 0");
    assert_eq!(with(27, 2), "message ends within an audio block");
    let long = [good.as_slice(), &[0; 3]].concat();
    assert_eq!(Message::parse(&long), Err(Malformed::Trailing(3)));
    assert_eq!(Message::parse(&[]), Err(Malformed::Short("the magic")));
}
