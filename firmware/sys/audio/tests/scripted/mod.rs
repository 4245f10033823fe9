//! A sound card that does what a test says: a buffer, a clock of its own that moves in periods, and faults on order.
#![allow(dead_code, reason = "each test uses a part of it")]

use audio::{Direction, Fault, Setup, Stream};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

/// What the card is and has done so far.
pub(crate) struct State {
    pub(crate) direction: Direction,
    pub(crate) running: bool,
    /// Samples in its buffer.
    pub(crate) level: usize,
    /// Time that has passed since its last period, in samples.
    since: f64,
    /// The number that the next recorded sample is; what is read shows what was left out.
    pub(crate) next: u16,
    /// Samples played, in their order.
    pub(crate) played: Vec<i16>,
    queue: VecDeque<i16>,
    /// An xrun has stopped it.
    stopped: bool,
    /// What the next calls of `queued` say instead.
    pub(crate) faults: VecDeque<Fault>,
    /// What the next calls of `resume` say.
    pub(crate) resumes: VecDeque<Result<(), Fault>>,
    pub(crate) prepared: u32,
    pub(crate) resumed: u32,
}

#[derive(Clone)]
pub(crate) struct Scripted {
    setup: Setup,
    state: Arc<Mutex<State>>,
}

impl Scripted {
    pub(crate) fn new(direction: Direction, period: usize, buffer: usize) -> Self {
        let setup = Setup { device: "scripted".to_owned(), period, buffer, converted_from: None };
        let state = State {
            direction,
            running: false,
            level: 0,
            since: 0.0,
            next: 1,
            played: Vec::with_capacity(1 << 20),
            queue: VecDeque::with_capacity(buffer),
            stopped: false,
            faults: VecDeque::new(),
            resumes: VecDeque::new(),
            prepared: 0,
            resumed: 0,
        };
        Self { setup, state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Lets the card's clock move by so many samples; it acts on whole periods.
    pub(crate) fn pass(&self, samples: f64) {
        let mut state = self.state();
        if !state.running {
            return;
        }
        state.since += samples;
        while state.since >= self.setup.period as f64 {
            state.since -= self.setup.period as f64;
            state.period(self.setup.period, self.setup.buffer);
        }
    }
}

impl State {
    fn period(&mut self, period: usize, buffer: usize) {
        match self.direction {
            Direction::Capture if self.level + period > buffer => self.stop(),
            Direction::Capture => self.level += period,
            Direction::Playback if self.level < period => self.stop(),
            Direction::Playback => {
                self.level -= period;
                let heard = self.queue.drain(..period);
                self.played.extend(heard);
            }
        }
    }

    fn stop(&mut self) {
        self.running = false;
        self.stopped = true;
    }

    fn check(&mut self) -> Result<(), Fault> {
        match self.faults.pop_front() {
            Some(fault) => Err(fault),
            None if self.stopped => Err(Fault::Xrun),
            None => Ok(()),
        }
    }
}

impl Stream for Scripted {
    fn setup(&self) -> &Setup {
        &self.setup
    }

    fn queued(&mut self) -> Result<usize, Fault> {
        let mut state = self.state();
        state.check()?;
        Ok(state.level)
    }

    fn read(&mut self, samples: &mut [i16]) -> Result<usize, Fault> {
        let mut state = self.state();
        let count = samples.len().min(state.level);
        if count == 0 {
            return Err(Fault::Busy);
        }
        for sample in samples.iter_mut().take(count) {
            *sample = state.next.cast_signed();
            state.next = state.next.wrapping_add(1);
        }
        state.level -= count;
        Ok(count)
    }

    fn write(&mut self, samples: &[i16]) -> Result<usize, Fault> {
        let mut state = self.state();
        let count = samples.len().min(self.setup.buffer - state.level);
        if count == 0 {
            return Err(Fault::Busy);
        }
        state.queue.extend(&samples[..count]);
        state.level += count;
        Ok(count)
    }

    fn prepare(&mut self) -> Result<(), Fault> {
        let mut state = self.state();
        state.prepared += 1;
        state.stopped = false;
        state.running = false;
        state.level = 0;
        state.queue.clear();
        Ok(())
    }

    fn start(&mut self) -> Result<(), Fault> {
        self.state().running = true;
        Ok(())
    }

    fn resume(&mut self) -> Result<(), Fault> {
        let mut state = self.state();
        state.resumed += 1;
        state.resumes.pop_front().unwrap_or(Ok(()))
    }
}
