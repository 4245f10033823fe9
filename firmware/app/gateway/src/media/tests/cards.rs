//! Sound cards that are scripts, and what the thread of sound cards is told of them.

use std::f64::consts::TAU;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use audio::Loss;
use media::BLOCK;

use super::super::sound::Sound;
use super::signals::peak;
use crate::sound::{Order, Output, Source};

/// A media thread's part of sound cards, and what is given back.
pub(super) fn sound() -> (Sound, Receiver<Order>) {
    let (orders, given_back) = channel();
    (Sound::new(orders), given_back)
}

/// Samples of a sine.
pub(super) fn sine(hertz: f64, dbm0: f64, samples: usize) -> Vec<i16> {
    (0..samples).map(|at| (peak(dbm0) * (TAU * hertz * at as f64 / 8000.0).sin()).round() as i16).collect()
}

/// A source of a tone of -10 dBm0 that is gone after so many blocks.
pub(super) struct Tone {
    samples: std::vec::IntoIter<i16>,
    given: Arc<Mutex<usize>>,
    is_card: bool,
}

impl Tone {
    /// The source, and how many blocks it gave.
    pub(super) fn of(hertz: f64, blocks: usize, is_card: bool) -> (Box<Self>, Arc<Mutex<usize>>) {
        let given = Arc::<Mutex<usize>>::default();
        let samples = sine(hertz, -10.0, blocks * BLOCK).into_iter();
        (Box::new(Self { samples, given: given.clone(), is_card }), given)
    }
}

impl Source for Tone {
    fn next(&mut self, block: &mut [i16; BLOCK]) -> Result<(), Loss> {
        for sample in block {
            *sample = self.samples.next().ok_or(Loss::Unplugged)?;
        }
        *self.given.lock().unwrap() += 1;
        Ok(())
    }

    fn runs_by_itself(&self) -> bool {
        self.is_card
    }
}

/// An output that keeps what it is given, until it is gone after so many blocks.
pub(super) struct Kept {
    heard: Arc<Mutex<Vec<i16>>>,
    most: usize,
}

impl Kept {
    pub(super) fn of(blocks: usize) -> (Box<Self>, Arc<Mutex<Vec<i16>>>) {
        let heard = Arc::<Mutex<Vec<i16>>>::default();
        (Box::new(Self { heard: heard.clone(), most: blocks * BLOCK }), heard)
    }
}

impl Output for Kept {
    fn play(&mut self, block: &[i16; BLOCK]) -> Result<(), Loss> {
        let mut heard = self.heard.lock().unwrap();
        if heard.len() >= self.most {
            return Err(Loss::Unplugged);
        }
        heard.extend(block);
        Ok(())
    }
}
