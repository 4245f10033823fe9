//! Uses every component once, says nothing, and ends. For tests that look at the process from outside: what it prints
//! (`tests/silence.rs`) and what it leaks (`tests/leaks.rs`). With `leak` it leaks one receiver, to show that this is seen.
#![allow(clippy::unwrap_used, reason = "a failure is a failed test")]

use dsp::connect_tone::{self, Listen, Tone};
use dsp::echo::{Canceller, CancellerSettings};
use dsp::g722::{AudioRate, Decoder, Encoder};
use dsp::mf_r2::Direction;
use dsp::plc::Concealer;
use dsp::supervisory::{Detector, Segment};
use dsp::{dtmf, fsk, mf_r1, mf_r2, supervisory};

/// Blocks of 10 ms for each component.
const BLOCKS: usize = 60;

/// Loud noise, silence and full range in turn.
struct Noise(u32);

impl Noise {
    fn block(&mut self) -> [i16; 80] {
        let loud = [1, 3, 0, 5][self.0 as usize % 4];
        std::array::from_fn(|_| {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i16::try_from((self.0 >> 16) as i32 - 32_768).unwrap().saturating_mul(loud)
        })
    }
}

/// What `send` makes, then noise, into `receive`.
fn both(mut send: impl FnMut(&mut [i16]), mut receive: impl FnMut(&[i16])) {
    let mut noise = Noise(1);
    let mut block = [0; 80];
    for _ in 0..BLOCKS {
        send(&mut block);
        receive(&block);
    }
    for _ in 0..BLOCKS / 2 {
        receive(&noise.block());
    }
    receive(&[]);
}

fn digits() {
    let mut sender = dtmf::Sender::new(dtmf::SenderSettings::default()).unwrap();
    sender.push("19#").unwrap();
    for dial_tone_filter in [false, true] {
        let settings = dtmf::ReceiverSettings { dial_tone_filter, ..dtmf::ReceiverSettings::default() };
        let mut receiver = dtmf::Receiver::new(settings).unwrap();
        both(|to| _ = sender.tx(to), |from| receiver.rx(from));
        receiver.fill_in(80);
        while receiver.poll_event().is_some() {}
    }
    let mut sender = mf_r1::Sender::new().unwrap();
    sender.push(&[mf_r1::Signal::Kp, mf_r1::Signal::Digit(4), mf_r1::Signal::St]).unwrap();
    let mut receiver = mf_r1::Receiver::new().unwrap();
    both(|to| _ = sender.tx(to), |from| receiver.rx(from));
    while receiver.poll_signal().is_some() {}
    for direction in [Direction::Forward, Direction::Backward] {
        let mut sender = mf_r2::Sender::new(direction).unwrap();
        sender.send(mf_r2::Signal::new(7));
        let mut receiver = mf_r2::Receiver::new(direction).unwrap();
        both(|to| sender.tx(to), |from| receiver.rx(from));
        while receiver.poll_event().is_some() {}
    }
}

fn modems() {
    for modem in fsk::Modem::ALL {
        let mut sender = fsk::Sender::new(modem, -14).unwrap();
        sender.push_seizure(30).unwrap();
        sender.push_mark(20).unwrap();
        sender.push_bytes(b"name").unwrap();
        let mut receiver = fsk::Receiver::new(modem).unwrap();
        both(|to| _ = sender.tx(to), |from| receiver.rx(from));
        receiver.fill_in(80);
        while receiver.poll_event().is_some() {}
    }
    for tone in Tone::ALL {
        let mut sender = connect_tone::Sender::new(tone).unwrap();
        let mut receivers = Listen::ALL.map(|listen| connect_tone::Receiver::new(listen).unwrap());
        both(|to| _ = sender.tx(to), |from| receivers.iter_mut().for_each(|receiver| receiver.rx(from)));
        receivers.iter_mut().for_each(|receiver| while receiver.poll_event().is_some() {});
    }
}

fn tones() {
    let once = [Segment::tone(425, 0, 30, Some(200)), Segment::tone(350, 440, 30, None), Segment::silence(30, Some(600))];
    let tones = vec![supervisory::Tone { segments: once.repeat(3) }; 7];
    let mut detector = Detector::new(&tones).unwrap();
    let mut sender = dtmf::Sender::new(dtmf::SenderSettings::default()).unwrap();
    both(|to| _ = sender.tx(to), |from| detector.rx(from));
    while detector.poll_event().is_some() {}
    assert!(Detector::new(&[supervisory::Tone { segments: Vec::new() }]).is_err());
}

fn speech() {
    let mut noise = Noise(2);
    for rate in [AudioRate::Wide, AudioRate::Narrow] {
        let (mut encoder, mut decoder) = (Encoder::new(rate).unwrap(), Decoder::new(rate).unwrap());
        for _ in 0..BLOCKS {
            let block = noise.block();
            let mut octets = [0; 80];
            let octets = &mut octets[..80 / rate.samples_per_octet()];
            encoder.encode(&block, octets).unwrap();
            decoder.decode(octets, &mut block.clone()).unwrap();
        }
        assert!(encoder.encode(&[0; 3], &mut [0; 1]).is_err());
    }
    let mut concealer = Concealer::new().unwrap();
    for number in 0..BLOCKS {
        let mut block = noise.block();
        if number % 7 < 2 { concealer.fill(&mut block) } else { concealer.good(&mut block) }
    }
    for (tail_ms, suppress_residue) in [(16, true), (17, true), (64, false), (128, true)] {
        let settings = CancellerSettings { tail_ms, suppress_residue, comfort_noise: suppress_residue, high_pass: true };
        let mut canceller = Canceller::new(settings).unwrap();
        for number in 0..BLOCKS {
            let sent = noise.block();
            let mut received = if number % 3 == 0 { noise.block() } else { sent.map(|sample| sample / 4) };
            canceller.process(&sent, &mut received).unwrap();
        }
        canceller.set_adapting(false);
        canceller.reset();
    }
}

fn main() {
    digits();
    modems();
    tones();
    speech();
    if std::env::args().nth(1).is_some_and(|word| word == "leak") {
        std::mem::forget(mf_r1::Receiver::new().unwrap());
    }
}
