//! Tones in time: cadences exact to the sample, sequences that end, blocks of any length, an hour without drift, no allocation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod spectrum;

use media::tone::dtmf::{Keying, steps};
use media::tone::{Sound, Step};
use media::{BLOCK, Law, g711};
use spectrum::{SECOND, at, generator, part, rms, samples};

fn tone(hz: f64, ms: u32) -> Step {
    Step::on(&[at(hz, -10.0)], ms)
}

/// Lengths of sounding and silent stretches in turn, the first one sounding. A pause of a few samples is a zero crossing.
fn stretches(heard: &[i16]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut start = 0;
    while start < heard.len() {
        let sounding = lengths.len() % 2 == 0;
        let end = (start..heard.len()).find(|&index| {
            let next = &heard[index..heard.len().min(index + 12)];
            if sounding { next.iter().all(|sample| *sample == 0) } else { heard[index] != 0 }
        });
        let end = end.unwrap_or(heard.len());
        lengths.push(end - start);
        start = end;
    }
    lengths
}

#[test]
fn cadence_is_exact_to_the_sample() {
    // 425 Hz for 480 ms ends at a zero of the sine (204 turns), so the last sample heard is the one before; the first one of a
    // burst is the zero at its beginning, counted to the silence.
    let heard = samples(&mut generator(&[], &[tone(425.0, 480), Step::off(480)], Law::A), 10 * 7680);
    let bursts: Vec<_> = heard.chunks(7680).collect();
    for burst in &bursts {
        assert_eq!(burst, &bursts[0], "every cycle begins anew");
        assert!(burst[3840..].iter().all(|sample| *sample == 0));
        assert!(burst[3839] != 0 && burst[1] != 0);
        assert!(rms(&burst[3760..3840]) > 5000.0);
    }
}

#[test]
fn pauses_and_bursts_that_fit_no_block_are_exact_too() {
    // 33 ms and 7 ms: 264 and 56 samples. 1000 Hz has eight samples a turn, so both ends of a burst are known.
    let heard = samples(&mut generator(&[], &[tone(1000.0, 33), Step::off(7)], Law::A), 3200);
    for (index, sample) in heard.iter().enumerate() {
        let place = index % 320;
        let wanted = if place < 264 && !place.is_multiple_of(4) { sample.abs() > 1000 } else { sample.abs() <= 1 };
        assert!(wanted, "sample {index}: {sample}");
    }
}

#[test]
fn special_information_tone_is_heard_once_and_ends() {
    let sequence = [tone(950.0, 330), tone(1400.0, 330), tone(1800.0, 330)];
    let mut generator = generator(&sequence, &[], Law::A);
    let mut heard = vec![7; SECOND];
    let mut lasted = 0;
    for block in heard.chunks_mut(BLOCK) {
        assert_eq!(generator.is_over(), lasted == 7920, "after {lasted}");
        lasted += generator.fill(block);
    }
    assert_eq!(lasted, 3 * 330 * 8);
    assert!(generator.is_over());
    assert!(heard[lasted..].iter().all(|sample| *sample == 0));
    for (index, hz) in [950.0, 1400.0, 1800.0].into_iter().enumerate() {
        let piece = &heard[index * 2640..(index + 1) * 2640];
        let (amplitude, _) = part(piece, hz, 0);
        assert!((amplitude / rms(piece) - 2_f64.sqrt()).abs() < 0.01, "{hz} Hz alone");
    }
    assert_eq!(generator.fill(&mut heard[..BLOCK]), 0);
}

#[test]
fn stutter_dial_tone_stutters_and_then_stays() {
    let burst = Step::on(&[at(350.0, -13.0), at(440.0, -13.0)], 100);
    let once = [burst.clone(), Step::off(100), burst.clone(), Step::off(100), burst, Step::off(100)];
    let steady = [Step::steady(&[at(350.0, -13.0), at(440.0, -13.0)])];
    let mut generator = generator(&once, &steady, Law::Mu);
    let heard = samples(&mut generator, 3 * SECOND);
    let lengths = stretches(&heard);
    // 350 and 440 Hz meet at zero after 100 ms, so a burst's last samples are small but there.
    assert_eq!(lengths.len(), 7, "{lengths:?}");
    assert!(lengths[..6].iter().all(|length| length.abs_diff(800) <= 1), "{lengths:?}");
    assert!(!generator.is_over());
    let same = &heard[4800..4800 + 800];
    assert_eq!(same, &heard[..800], "each time from phase zero");
}

#[test]
fn frequency_change_without_a_pause_makes_no_step() {
    let heard = samples(&mut generator(&[], &[tone(425.0, 33), tone(440.0, 47)], Law::A), SECOND);
    let peak = f64::from(*heard.iter().max().unwrap());
    let steepest = peak * std::f64::consts::TAU * 440.0 / 8000.0;
    for pair in heard.windows(2) {
        assert!(f64::from(pair[1]) - f64::from(pair[0]) <= steepest + 2.0, "{pair:?}");
    }
}

#[test]
fn blocks_of_any_length_join_without_a_seam() {
    let swell = Step { sound: Sound::Modulated { carrier: at(400.0, -10.0), by: 25.0, depth: 1.0 }, ms: Some(333) };
    let repeat = [tone(425.0, 77), Step::off(13), swell, Step::on(&[at(697.0, -9.0), at(1209.0, -7.0)], 41)];
    let mut whole = vec![0; 2 * SECOND];
    generator(&[], &repeat, Law::A).fill(&mut whole);
    for length in [1, 7, 79, 80, 81, 160, 1000] {
        let mut generator = generator(&[], &repeat, Law::A);
        let mut pieces = vec![0; whole.len()];
        pieces.chunks_mut(length).for_each(|block| {
            generator.fill(block);
        });
        assert_eq!(pieces, whole, "blocks of {length}");
    }
}

#[test]
fn octets_are_the_samples_coded() {
    for law in [Law::A, Law::Mu] {
        let repeat = [tone(425.0, 15), Step::off(5)];
        let heard = samples(&mut generator(&[], &repeat, law), SECOND);
        let mut octets = vec![0; SECOND];
        generator(&[], &repeat, law).fill_octets(law, &mut octets);
        let mut coded = vec![0; SECOND];
        g711::encode_slice(law, &heard, &mut coded);
        assert_eq!(octets, coded);
    }
}

#[test]
fn tone_is_added_to_speech_and_saturates() {
    let mut alone = [0; BLOCK];
    generator(&[tone(1000.0, 5)], &[], Law::A).fill(&mut alone);
    let mut mixed = [1000; BLOCK];
    assert_eq!(generator(&[tone(1000.0, 5)], &[], Law::A).add_to(&mut mixed), 40);
    assert!(mixed.iter().zip(alone).all(|(mixed, alone)| *mixed == 1000 + alone));
    let mut loud = [i16::MAX; BLOCK];
    generator(&[tone(1000.0, 5)], &[], Law::A).add_to(&mut loud);
    assert!(loud.iter().zip(alone).all(|(loud, alone)| *loud == if alone > 0 { i16::MAX } else { i16::MAX + alone }));
}

#[test]
fn digits_are_keyed_with_their_times() {
    let keying = Keying { on_ms: 65, off_ms: 70, ..Keying::default() };
    let mut generator = generator(&steps("159D", &keying).unwrap(), &[], Law::A);
    let heard = samples(&mut generator, 4 * 135 * 8);
    assert!(generator.is_over());
    for (digit, cycle) in heard.chunks(135 * 8).enumerate() {
        assert!(cycle[520..].iter().all(|sample| *sample == 0), "digit {digit}");
        assert!(rms(&cycle[440..520]) > 4000.0, "digit {digit}");
    }
}

#[test]
fn hour_of_tone_has_not_drifted() {
    let mut dial = generator(&[], &[Step::steady(&[at(350.0, -13.0), at(1234.567, -13.0)])], Law::A);
    let mut busy = generator(&[], &[tone(425.0, 480), Step::off(480)], Law::A);
    let first = samples(&mut busy, 7680);
    let mut block = [0; BLOCK];
    for _ in 0..359_900 {
        dial.fill(&mut block);
        busy.fill(&mut block);
    }
    let begin = 359_900 * BLOCK;
    let last = samples(&mut dial, SECOND);
    for hz in [350.0, 1234.567] {
        let (_, phase) = part(&last, hz, begin);
        assert!(phase.abs() < 1e-3, "{hz} Hz is off by {phase} of a turn after an hour");
    }
    // 359,900 blocks are 3749 cycles less a piece: the rest of it brings the next one.
    samples(&mut busy, 7680 - begin % 7680);
    assert_eq!(samples(&mut busy, 7680), first, "the cadence of the last cycle is that of the first");
}

#[test]
fn playing_allocates_nothing() {
    let repeat = [tone(425.0, 33), Step::off(7), Step::on(&[at(697.0, -9.0), at(1209.0, -7.0)], 41)];
    let mut generator = generator(&[], &repeat, Law::A);
    let (mut block, mut octets) = ([0; BLOCK], [0; BLOCK]);
    let counted = allocation_counter::measure(|| {
        for _ in 0..1000 {
            generator.fill(&mut block);
            generator.add_to(&mut block);
            generator.fill_octets(Law::Mu, &mut octets);
        }
    });
    assert_eq!(counted.count_total, 0);
    let counts = allocation_counter::measure(|| drop(std::hint::black_box(Box::new(octets))));
    assert_eq!(counts.count_total, 1, "the allocator counts");
}
