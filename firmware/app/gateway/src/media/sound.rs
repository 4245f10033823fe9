//! What a media thread has of sound cards: the music of those who wait, and the call that is listened to. They are opened and closed by
//! [`crate::sound`], which gets back what is of no more use here.

use std::sync::mpsc::Sender;

use call::words::CallId;

use super::monitor::Monitor;
use super::music::Music;
use crate::sound::{Hand, Order};

/// See the module header.
pub(super) struct Sound {
    pub(super) music: Music,
    pub(super) monitor: Monitor,
    orders: Sender<Order>,
}

impl Sound {
    pub(super) fn new(orders: Sender<Order>) -> Self {
        Self { music: Music::new(), monitor: Monitor::default(), orders }
    }

    /// Takes what is handed over; `has` says whether a call has audio here.
    pub(super) fn take(&mut self, hand: Hand, has: impl Fn(CallId) -> bool) {
        match hand {
            Hand::Music(source) => self.music.install(source),
            Hand::Monitor { call, output } if has(call) => {
                if let Some((before, output)) = self.monitor.begin(call, output) {
                    self.order(Order::MonitorEnded { call: before, output: Some(output) });
                }
            }
            // It has ended meanwhile, or carries data, which is no sound.
            Hand::Monitor { call, output } => self.order(Order::MonitorEnded { call, output: Some(output) }),
            Hand::EndMonitor { call } => {
                let output = self.monitor.end(call).flatten();
                self.order(Order::MonitorEnded { call, output });
            }
        }
    }

    /// A call's audio is closed.
    pub(super) fn call_ended(&mut self, call: CallId) {
        if let Some(output) = self.monitor.end(call) {
            self.order(Order::MonitorEnded { call, output });
        }
    }

    /// After audio was moved: what is gone is given back.
    pub(super) fn give_back(&mut self) {
        if let Some((source, loss)) = self.music.poll_lost() {
            self.order(Order::MusicLost { source, loss });
        }
        if let Some((call, output, loss)) = self.monitor.poll_lost() {
            self.order(Order::MonitorLost { call, output, loss });
        }
    }

    /// The receiver is gone only when junctord ends: then it is closed here.
    fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }
}
