//! `cargo xtask bench srtp`: our SRTP beside webrtc-srtp and libsrtp, all in this program, in turn.
//!
//! One unit of work is an RTP packet of 172 octets (160 of payload, 20 ms of G.711) that is protected and opened again, both
//! ends in this thread, as the sequence numbers go on. The three take turns in batches (A B C A B C), so that a machine that
//! changes its pace changes all; what is printed is the median of their batches, in CPU time of this thread.

use std::hint::black_box;
use std::time::Duration;

use media::srtp::{Keys, MAX_OVERHEAD, Mki, Policy, Receiver, Sender, Suite};
use nix::time::{ClockId, clock_gettime};
use srtp_peer::libsrtp::{Buffer, Direction, Session};
use webrtc_srtp::context::Context;
use webrtc_srtp::option::srtp_replay_protection;
use webrtc_srtp::protection_profile::ProtectionProfile;

const PACKET: usize = 172;
const BATCH: u32 = 5_000;
const NAME: &str = "protect and unprotect 172 octets";

/// Somebody who takes packets there and back.
type Course<'a> = &'a mut dyn FnMut(u16);

fn main() {
    let policy = Policy::new(Suite::AesCm128HmacSha1_80);
    let none = Keys::new([0x5A; 16], [0xA5; 14], Mki::NONE);
    let mki = Keys::new([0x5A; 16], [0xA5; 14], Mki::new(1, 1).unwrap_or(Mki::NONE));
    let times = in_turn(&mut [&mut ours(policy, &none), &mut webrtc(&none), &mut libsrtp(policy, &none)]);
    print(NAME, times[0], "webrtc-srtp-0.15", times[1]);
    print(NAME, times[0], "libsrtp (Debian)", times[2]);
    let times = in_turn(&mut [&mut ours(policy, &mki), &mut libsrtp(policy, &mki)]);
    print(&format!("{NAME}, MKI of one octet"), times[0], "libsrtp (Debian)", times[1]);
}

fn ours(policy: Policy, keys: &Keys) -> impl FnMut(u16) + use<> {
    let (mut sender, mut receiver) = (Sender::new(policy, keys), Receiver::new(policy, keys));
    let mut buffer = [0; PACKET + MAX_OVERHEAD];
    buffer[..PACKET].copy_from_slice(&packet());
    move |sequence| {
        buffer[2..4].copy_from_slice(&sequence.to_be_bytes());
        let opened = sender.protect(black_box(&mut buffer), PACKET).ok().and_then(|length| buffer.get_mut(..length));
        let opened = opened.and_then(|protected| receiver.unprotect(black_box(protected)).ok());
        assert_eq!(opened, Some(PACKET), "packet {sequence}");
    }
}

fn webrtc(keys: &Keys) -> impl FnMut(u16) + use<> {
    let (key, salt) = keys.inline().split_at(16);
    let context = || {
        let window = Some(srtp_replay_protection(128));
        Context::new(key, salt, ProtectionProfile::Aes128CmHmacSha1_80, window, None)
            .unwrap_or_else(|error| panic!("webrtc-srtp: {error}"))
    };
    let (mut sender, mut receiver) = (context(), context());
    let mut packet = packet();
    move |sequence| {
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        let opened = sender.encrypt_rtp(black_box(&packet)).and_then(|protected| receiver.decrypt_rtp(black_box(&protected)));
        assert_eq!(opened.map(|bytes| bytes.len()).ok(), Some(PACKET), "packet {sequence}");
    }
}

fn libsrtp(policy: Policy, keys: &Keys) -> impl FnMut(u16) + use<> {
    let keys = std::slice::from_ref(keys);
    let mut sender = Session::open(Direction::Outbound, policy, keys);
    let mut receiver = Session::open(Direction::Inbound, policy, keys);
    let mut packet = packet();
    let mut buffer = Buffer::of(&packet);
    move |sequence| {
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        buffer.set(&packet);
        let done = sender.protect(black_box(&mut buffer), 0).and_then(|()| receiver.unprotect(black_box(&mut buffer)));
        assert_eq!((done, buffer.packet().len()), (Ok(()), PACKET), "packet {sequence}");
    }
}

/// A packet of mu-law, its sequence number left at 0.
fn packet() -> [u8; PACKET] {
    let mut packet: [u8; PACKET] = std::array::from_fn(|at| at as u8);
    packet[..4].copy_from_slice(&[0x80, 0, 0, 0]);
    packet
}

/// Microseconds of CPU a packet of each, the medians of batches in turn; the first batch of each warms caches.
fn in_turn(courses: &mut [Course<'_>]) -> Vec<f64> {
    let batches = if std::env::var_os("JUNCTOR_BENCH_QUICK").is_some_and(|value| value == "1") { 3 } else { 61 };
    let mut times = vec![Vec::new(); courses.len()];
    let mut sequence: u16 = 60_000;
    for _ in 0..=batches {
        for (course, times) in courses.iter_mut().zip(&mut times) {
            let before = thread_cpu();
            for number in 0..BATCH {
                course(sequence.wrapping_add(number as u16));
            }
            times.push((thread_cpu() - before).as_secs_f64() * 1e6 / f64::from(BATCH));
        }
        sequence = sequence.wrapping_add(BATCH as u16);
    }
    times.iter_mut().map(|times| median(&mut times[1..])).collect()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn thread_cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or_else(|e| panic!("this thread has no CPU clock: {e}"), Duration::from)
}

/// One figure as `cargo xtask bench` reads it.
fn print(name: &str, value: f64, peer: &str, peer_value: f64) {
    let row = serde_json::json!({
        "area": "srtp", "name": name, "unit": "us", "value": value, "better": "lower",
        "target": null, "peer": peer, "peer_value": peer_value, "ratio": null,
    });
    println!("{row}");
}
