//! After construction nothing allocates on the Rust side: blocks in and out, events, digits and bits that are queued.
#![allow(unsafe_code, clippy::unwrap_used, reason = "a test fails by panicking, and counts by an allocator")]

mod signals;

use dsp::connect_tone::{self, Listen, Tone};
use dsp::echo::{Canceller, CancellerSettings};
use dsp::g722::{AudioRate, Decoder, Encoder};
use dsp::mf_r2::Direction;
use dsp::plc::Concealer;
use dsp::supervisory::{Detector, Segment};
use dsp::{dtmf, fsk, mf_r1, mf_r2, supervisory};
use signals::Babble;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

/// The system's allocator, counting for each thread.
struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised by our caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by our caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations while `work` runs over a second of babble and then of what `send` makes.
fn counted(mut send: impl FnMut(&mut [i16; 80]), mut receive: impl FnMut(&mut [i16; 80])) -> u64 {
    let mut babble = Babble::new(3);
    let before = ALLOCATIONS.get();
    for _ in 0..100 {
        receive(&mut babble.block());
        let mut block = [0; 80];
        send(&mut block);
        receive(&mut block);
    }
    ALLOCATIONS.get() - before
}

#[test]
fn digits_allocate_nothing() {
    let mut sender = dtmf::Sender::new(dtmf::SenderSettings::default()).unwrap();
    let mut receiver = dtmf::Receiver::new(dtmf::ReceiverSettings::default()).unwrap();
    let mut heard = 0;
    let send = |block: &mut [i16; 80]| {
        sender.push("1").unwrap();
        sender.tx(block);
    };
    let receive = |block: &mut [i16; 80]| {
        receiver.rx(block);
        heard += std::iter::from_fn(|| receiver.poll_event()).count();
    };
    assert_eq!(counted(send, receive), 0);
    let mut sender = mf_r1::Sender::new().unwrap();
    let mut receiver = mf_r1::Receiver::new().unwrap();
    let send = |block: &mut [i16; 80]| {
        sender.push(&[mf_r1::Signal::Digit(1)]).unwrap();
        sender.tx(block);
    };
    let receive = |block: &mut [i16; 80]| {
        receiver.rx(block);
        receiver.poll_signal();
    };
    assert_eq!(counted(send, receive), 0);
    let mut sender = mf_r2::Sender::new(Direction::Forward).unwrap();
    let mut receiver = mf_r2::Receiver::new(Direction::Forward).unwrap();
    let send = |block: &mut [i16; 80]| {
        sender.send(mf_r2::Signal::new(3));
        sender.tx(block);
    };
    let receive = |block: &mut [i16; 80]| {
        receiver.rx(block);
        receiver.poll_event();
    };
    assert_eq!(counted(send, receive), 0);
}

#[test]
fn modems_and_tones_allocate_nothing() {
    let mut sender = fsk::Sender::new(fsk::Modem::Bell202, -14).unwrap();
    let mut receiver = fsk::Receiver::new(fsk::Modem::Bell202).unwrap();
    let mut heard = 0;
    let send = |block: &mut [i16; 80]| {
        sender.push_bytes(b"U").unwrap();
        sender.tx(block);
    };
    let receive = |block: &mut [i16; 80]| {
        receiver.rx(block);
        heard += std::iter::from_fn(|| receiver.poll_event()).count();
    };
    assert_eq!(counted(send, receive), 0);
    assert!(heard > 0);
    let mut sender = connect_tone::Sender::new(Tone::Ced).unwrap();
    let mut receiver = connect_tone::Receiver::new(Listen::AnswerOrPreamble).unwrap();
    let receive = |block: &mut [i16; 80]| {
        receiver.rx(block);
        receiver.poll_event();
    };
    assert_eq!(counted(|block| _ = sender.tx(block), receive), 0);
    let tone = supervisory::Tone { segments: vec![Segment::tone(425, 0, 100, None)] };
    let mut detector = Detector::new(&[tone]).unwrap();
    let receive = |block: &mut [i16; 80]| {
        detector.rx(block);
        detector.poll_event();
    };
    assert_eq!(counted(|_| (), receive), 0);
}

#[test]
fn speech_allocates_nothing() {
    let (mut encoder, mut decoder) = (Encoder::new(AudioRate::Wide).unwrap(), Decoder::new(AudioRate::Wide).unwrap());
    let mut concealer = Concealer::new().unwrap();
    let mut canceller = Canceller::new(CancellerSettings::default()).unwrap();
    let receive = |block: &mut [i16; 80]| {
        let mut octets = [0; 40];
        encoder.encode(block, &mut octets).unwrap();
        decoder.decode(&octets, block).unwrap();
        concealer.good(block);
        let sent = *block;
        canceller.process(&sent, block).unwrap();
    };
    assert_eq!(counted(|block| block.fill(100), receive), 0);
    drop(Box::new(1_u8));
    assert!(ALLOCATIONS.get() > 0, "the allocator does not count");
}
