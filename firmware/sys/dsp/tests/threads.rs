//! Every component may move to another thread, and none may be used by two at once; many may be made at the same time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dsp::connect_tone::{self, Listen, Tone};
use dsp::dtmf::{self, Event};
use dsp::{echo, fsk, g722, mf_r1, mf_r2, plc, supervisory};
use std::thread;

fn is_send<T: Send>() {}

/// Not to be compiled for a type that is `Sync`: then both impls fit, and the compiler cannot choose.
macro_rules! is_not_sync {
    ($($component:ty),*) => {$({
        trait Ambiguous<A> {
            fn sure() {}
        }
        impl<T: ?Sized> Ambiguous<()> for T {}
        #[allow(dead_code, reason = "only its impl counts")]
        struct Sharable;
        impl<T: ?Sized + Sync> Ambiguous<Sharable> for T {}
        <$component as Ambiguous<_>>::sure();
        is_send::<$component>();
    })*};
}

#[test]
fn every_component_is_send_and_not_sync() {
    is_not_sync!(
        dtmf::Receiver,
        dtmf::Sender,
        mf_r1::Receiver,
        mf_r1::Sender,
        mf_r2::Receiver,
        mf_r2::Sender,
        fsk::Receiver,
        fsk::Sender,
        supervisory::Detector,
        connect_tone::Receiver,
        connect_tone::Sender,
        g722::Encoder,
        g722::Decoder,
        plc::Concealer,
        echo::Canceller
    );
}

/// One of each, made by this thread: the first ones fill spandsp's tables.
fn digits_of_a_pair(digits: &'static str) -> (dtmf::Sender, dtmf::Receiver) {
    let mut sender = dtmf::Sender::new(dtmf::SenderSettings::default()).unwrap();
    sender.push(digits).unwrap();
    for direction in [mf_r2::Direction::Forward, mf_r2::Direction::Backward] {
        mf_r2::Sender::new(direction).unwrap();
        mf_r2::Receiver::new(direction).unwrap();
    }
    mf_r1::Sender::new().unwrap();
    mf_r1::Receiver::new().unwrap();
    connect_tone::Sender::new(Tone::V21Preamble).unwrap();
    connect_tone::Receiver::new(Listen::V21Preamble).unwrap();
    (sender, dtmf::Receiver::new(dtmf::ReceiverSettings::default()).unwrap())
}

#[test]
fn components_made_by_one_thread_work_in_another() {
    let makers: Vec<_> = (0..16).map(|_| thread::spawn(|| digits_of_a_pair("1590*#"))).collect();
    let users: Vec<_> = makers
        .into_iter()
        .map(|maker| {
            let (mut sender, mut receiver) = maker.join().unwrap();
            thread::spawn(move || {
                let mut samples = vec![0; 16_000];
                sender.tx(&mut samples);
                receiver.rx(&samples);
                let digit = |event| match event {
                    Event::Begin { digit, .. } => Some(digit),
                    Event::End { .. } => None,
                };
                std::iter::from_fn(|| receiver.poll_event()).filter_map(digit).collect::<String>()
            })
        })
        .collect();
    for user in users {
        assert_eq!(user.join().unwrap(), "1590*#");
    }
}
