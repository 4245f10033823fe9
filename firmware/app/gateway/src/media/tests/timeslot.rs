//! The echo canceller in its place: a timeslot of a virtual span in lock step, whose far end sends back what it hears through an echo path.

use std::sync::Arc;

use call::words::SpanId;
use media::tone::Keys;
use media::{BLOCK, Law, g711};
use model::settings::{Canceller, Echo};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{Channel, Mode, Span, SpanInfo};

use super::super::echo::EchoChoice;
use super::super::timeslot::{Timeslot, Voice};
use super::signals::{blocks, level, speech};

/// A far end that returns each block 20 dB weaker, as a mixture of the sample of its time and those of 3 and 11 ms before.
struct Hybrid {
    channel: Box<dyn Channel>,
    heard: Vec<f64>,
}

impl Hybrid {
    fn turn(&mut self) {
        let mut block = [0; BLOCK];
        while matches!(self.channel.read(&mut block), Ok(BLOCK)) {
            self.heard.extend(block.map(|octet| f64::from(g711::decode(Law::A, octet))));
            let start = self.heard.len() - BLOCK;
            let at = |index: usize, back: usize| index.checked_sub(back).map_or(0.0, |index| self.heard[index]);
            let echo: Vec<f64> =
                (start..start + BLOCK).map(|index| 0.07 * at(index, 0) - 0.05 * at(index, 24) + 0.04 * at(index, 88)).collect();
            self.channel.write(&blocks(&echo)[0]).unwrap();
        }
    }
}

struct Scene {
    network: VirtualNetwork,
    user: VirtualUser,
    hybrid: Hybrid,
    timeslot: Timeslot,
}

impl Scene {
    fn new(canceller: Canceller) -> Self {
        let (mut network, mut user) = pair(SpanInfo::e1("e1"), Clock::LockStep).unwrap();
        for _ in 0..3 {
            network.service().unwrap();
            user.service().unwrap();
            network.service().unwrap();
        }
        let mut channel = network.open(1, Mode::Audio).unwrap();
        channel.write(&[g711::silence(Law::A); BLOCK]).unwrap();
        let near = user.open(1, Mode::Audio).unwrap();
        let voice = Voice::new(EchoChoice::new(canceller, Echo::default().tail_ms)).unwrap();
        let timeslot = Timeslot::new(SpanId(0), Law::A, near, &Arc::new(Keys::new(Law::A)), voice);
        Self { network, user, hybrid: Hybrid { channel, heard: Vec::new() }, timeslot }
    }

    /// One block each way; what came from the line.
    fn block(&mut self, sent: Option<&[u8; BLOCK]>) -> Vec<u8> {
        self.network.service().unwrap();
        self.user.service().unwrap();
        self.network.service().unwrap();
        self.hybrid.turn();
        let (mut block, mut heard) = ([0; BLOCK], Vec::new());
        while self.timeslot.read(&mut block) {
            heard.extend(block);
            if let Some(sent) = sent {
                self.timeslot.write(sent);
            }
        }
        heard
    }

    /// Sends all of it; what came back, block by block.
    fn send(&mut self, signal: &[[u8; BLOCK]]) -> Vec<Vec<u8>> {
        signal.iter().map(|block| self.block(Some(block))).collect()
    }
}

#[test]
fn echo_of_the_line_is_gone_after_two_seconds() {
    let signal = blocks(&speech(4 * 8000, 3));
    let mut levels = [Canceller::Own, Canceller::Spandsp, Canceller::Off].map(|canceller| {
        let heard = Scene::new(canceller).send(&signal);
        level(&heard[200..].concat())
    });
    println!("figure: echo after 2 s by our own, spandsp's, none = {levels:.1?} dBm0");
    let off = levels[2];
    levels.iter_mut().for_each(|level| *level -= off);
    assert!(levels[0] < -30.0, "{levels:?}");
    assert!(levels[1] < -15.0, "{levels:?}");
}

#[test]
fn line_slips_by_a_missed_block_and_the_echo_is_gone_again_within_500_ms() {
    let signal = blocks(&speech(8 * 8000, 3));
    let mut scene = Scene::new(Canceller::Own);
    let before = scene.send(&signal[..400]);
    assert!(level(&before[200..].concat()) < -55.0);
    // The write queue runs empty: two blocks are not written, and the line plays silence.
    for _ in 0..3 {
        scene.block(None);
    }
    let after = scene.send(&signal[400..]);
    assert!(scene.timeslot.slips() > 0);
    let rest = level(&after[50..].concat());
    println!("figure: echo from 500 ms after an underrun on = {rest:.1} dBm0");
    assert!(rest < -55.0, "{rest} dBm0");
    assert!(scene.timeslot.counters().underruns > 0);
}
