//! `cargo xtask bench dsp`: what spandsp's components cost of a core, in microseconds for 20 ms of one channel.
//!
//! Fed is what makes work: digits, tones and speech-like sound in turn, and for the echo cancellers noise with its echo. Another
//! canceller is to be measured in turn with these in `cancellers`, under the same names, as the peer of these rows.

use dsp::connect_tone::{self, Listen};
use dsp::dtmf::{self, ReceiverSettings, SenderSettings};
use dsp::echo::{Canceller, CancellerSettings};
use dsp::g722::{AudioRate, Decoder, Encoder};
use dsp::mf_r2::{self, Direction, Signal};
use dsp::plc::Concealer;
use hw_tests::bench::{Bench, Figure};
use std::hint::black_box;

/// Samples of 20 ms.
const FRAME: usize = 160;
/// Frames of one pass over the audio: five seconds.
const FRAMES: usize = 250;

fn main() {
    let bench = Bench::new("dsp");
    let audio = audio();
    receivers(bench, &audio);
    speech(bench, &audio);
    cancellers(bench);
}

/// Prints the cost of `work`, which is done once a frame.
fn figure(bench: Bench, name: &str, audio: &[i16], mut work: impl FnMut(&[i16])) {
    let rate = bench.per_cpu_second(|| {
        audio.chunks_exact(FRAME).for_each(&mut work);
        FRAMES as u64
    });
    bench.print(Figure::lower(name, "us per 20 ms", 1e6 / rate));
}

fn receivers(bench: Bench, audio: &[i16]) {
    let mut receiver = dtmf::Receiver::new(ReceiverSettings::default()).expect("a receiver");
    figure(bench, "DTMF receiver", audio, |frame| {
        receiver.rx(frame);
        while black_box(receiver.poll_event()).is_some() {}
    });
    let all =
        [("CNG", Listen::Cng), ("answer tones", Listen::Answer), ("answer tones and V.21 preamble", Listen::AnswerOrPreamble)];
    for (name, listen) in all {
        let mut receiver = connect_tone::Receiver::new(listen).expect("a receiver");
        figure(bench, &format!("connect tone receiver, {name}"), audio, |frame| {
            receiver.rx(frame);
            while black_box(receiver.poll_event()).is_some() {}
        });
    }
    let mut receiver = mf_r2::Receiver::new(Direction::Forward).expect("a receiver");
    figure(bench, "MF R2 receiver", audio, |frame| {
        receiver.rx(frame);
        while black_box(receiver.poll_event()).is_some() {}
    });
}

fn speech(bench: Bench, audio: &[i16]) {
    let mut encoder = Encoder::new(AudioRate::Wide).expect("an encoder");
    let mut octets = [0; FRAME];
    let mut all = Vec::new();
    figure(bench, "G.722 encoder, 16 kHz", audio, |frame| {
        // 20 ms of wide audio are two frames of the narrow kind.
        let mut wide = [0; 2 * FRAME];
        for (pair, sample) in wide.chunks_exact_mut(2).zip(frame) {
            pair.fill(*sample);
        }
        encoder.encode(&wide, &mut octets).expect("lengths fit");
        black_box(&octets);
        if all.len() < FRAMES * FRAME {
            all.extend_from_slice(&octets);
        }
    });
    let mut decoder = Decoder::new(AudioRate::Wide).expect("a decoder");
    let rate = bench.per_cpu_second(|| {
        for octets in all.chunks_exact(FRAME) {
            let mut wide = [0; 2 * FRAME];
            decoder.decode(octets, &mut wide).expect("lengths fit");
            black_box(&wide);
        }
        FRAMES as u64
    });
    bench.print(Figure::lower("G.722 decoder, 16 kHz", "us per 20 ms", 1e6 / rate));
    let mut concealer = Concealer::new().expect("a concealer");
    figure(bench, "loss concealment, nothing lost", audio, |frame| {
        let mut frame: [i16; FRAME] = frame.try_into().expect("a frame");
        concealer.good(&mut frame);
        black_box(&frame);
    });
    let mut number = 0;
    figure(bench, "loss concealment, every tenth frame lost", audio, |frame| {
        let mut frame: [i16; FRAME] = frame.try_into().expect("a frame");
        number += 1;
        if number % 10 == 0 {
            concealer.fill(&mut frame)
        } else {
            concealer.good(&mut frame)
        }
        black_box(&frame);
    });
}

/// Each tail with noise of -12 dBm0 and its echo 8 dB below, 5 ms later: the canceller adapts all the time.
fn cancellers(bench: Bench) {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((seed >> 19) as i16) - 4096
    };
    let sent: Vec<i16> = (0..FRAMES * FRAME).map(|_| noise()).collect();
    let echo: Vec<i16> = (0..sent.len()).map(|at| at.checked_sub(40).map_or(0, |at| sent[at] / 5 * 2)).collect();
    for tail_ms in [16, 32, 64, 128] {
        let mut canceller = Canceller::new(CancellerSettings { tail_ms, ..CancellerSettings::default() }).expect("a canceller");
        let rate = bench.per_cpu_second(|| {
            for (sent, echo) in sent.chunks_exact(FRAME).zip(echo.chunks_exact(FRAME)) {
                let mut line: [i16; FRAME] = echo.try_into().expect("a frame");
                canceller.process(sent, &mut line).expect("lengths fit");
                black_box(&line);
            }
            FRAMES as u64
        });
        bench.print(Figure::lower(&format!("echo canceller, {tail_ms} ms tail"), "us per 20 ms", 1e6 / rate));
    }
}

/// Digits, R2 signals, an answer tone and noise, a second and a quarter of each.
fn audio() -> Vec<i16> {
    let mut samples = vec![0; FRAMES * FRAME];
    let quarter = samples.len() / 4;
    let mut parts = samples.chunks_mut(quarter);
    let mut part = || parts.next().expect("four quarters");
    let mut digits = dtmf::Sender::new(SenderSettings::default()).expect("a sender");
    digits.push("123456789").expect("room");
    digits.tx(part());
    let mut register = mf_r2::Sender::new(Direction::Forward).expect("a sender");
    register.send(Signal::new(5));
    register.tx(part());
    connect_tone::Sender::new(connect_tone::Tone::AnsAmPhaseReversed).expect("a sender").tx(part());
    let mut seed = 7_u32;
    for sample in part() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = ((seed >> 18) as i16) - 8192;
    }
    samples
}
