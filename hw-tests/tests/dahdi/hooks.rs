//! Hook signals at both ends of a channel, both opened by `tdm::dahdi`, and what each end was told so far.

use crate::near_end::until;
use std::time::Duration;
use tdm::dahdi::DahdiSpan;
use tdm::{Channel, ChannelEvent, Error, Hook, Mode, Span};

/// One end.
pub(crate) struct End {
    // Closed before its span, which could not be removed otherwise.
    pub(crate) channel: Box<dyn Channel>,
    pub(crate) span: DahdiSpan,
    told: Vec<ChannelEvent>,
}

impl End {
    /// Opens timeslot 1.
    pub(crate) fn new(mut span: DahdiSpan, mode: Mode) -> Self {
        let channel = span.open(1, mode).unwrap();
        Self { span, channel, told: Vec::new() }
    }

    /// Sends a signal; one that the kernel is too busy for is tried again for a while.
    #[track_caller]
    pub(crate) fn send(&mut self, hook: Hook) {
        let Self { span, channel, told } = self;
        until(&mut [span], &format!("send {hook:?}"), &mut (channel, told), |(channel, told)| {
            told.extend(std::iter::from_fn(|| channel.poll_event()));
            match channel.hook(hook) {
                Ok(()) => true,
                Err(Error::WouldBlock) => false,
                Err(error) => panic!("{hook:?}: {error}"),
            }
        });
    }

    /// Takes in what the kernel tells now.
    fn look(&mut self) {
        self.span.service().unwrap();
        while self.span.poll_event().is_some() {}
        self.told.extend(std::iter::from_fn(|| self.channel.poll_event()));
    }

    /// Waits until the event is told; it and what was told before it are forgotten. What was told before it is returned.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, wanted: ChannelEvent) -> Vec<ChannelEvent> {
        let began = std::time::Instant::now();
        loop {
            self.look();
            if let Some(place) = self.told.iter().position(|event| *event == wanted) {
                println!("{wanted:?} after {:?}", began.elapsed());
                let before = self.told.drain(..=place).collect::<Vec<_>>();
                return before[..place].to_vec();
            }
            assert!(began.elapsed() < Duration::from_secs(8), "{wanted:?} was not told; told: {:?}", self.told);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets time pass. What was told by its end that nobody waited for.
    pub(crate) fn pause(&mut self, time: Duration) -> Vec<ChannelEvent> {
        std::thread::sleep(time);
        self.look();
        std::mem::take(&mut self.told)
    }
}
