//! Against libsrtp: octet for octet the same, opened both ways, refused alike.

use crate::packets::{Random, with_room};
use media::srtp::{Keys, Mki, Policy, Receiver, Sender, Suite, UnprotectError};
use srtp_peer::libsrtp::{Buffer, Direction, Session, Status};

const SSRC: u32 = 0xCAFE_BABE;

/// Every suite with every length of MKI, each with its own seed.
fn each(mut test: impl FnMut(Policy, Mki, &mut Random)) {
    for (number, suite) in Suite::ALL.into_iter().enumerate() {
        for length in 0..=4_u8 {
            let mki = Mki::new(if length == 0 { 0 } else { 0x80 + u32::from(length) }, length).unwrap();
            test(Policy::new(suite), mki, &mut Random::new(100 * number as u64 + u64::from(length)));
        }
    }
}

fn protect(sender: &mut Sender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = with_room(packet);
    let length = sender.protect(&mut buffer, packet.len()).unwrap();
    buffer.truncate(length);
    buffer
}

fn protect_rtcp(sender: &mut Sender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = with_room(packet);
    let length = sender.protect_rtcp(&mut buffer, packet.len()).unwrap();
    buffer.truncate(length);
    buffer
}

fn open(receiver: &mut Receiver, packet: &[u8]) -> Result<Vec<u8>, UnprotectError> {
    let mut bytes = packet.to_vec();
    let length = receiver.unprotect(&mut bytes)?;
    bytes.truncate(length);
    Ok(bytes)
}

fn their_protect(session: &mut Session, packet: &[u8], key: u32) -> Vec<u8> {
    let mut buffer = Buffer::of(packet);
    session.protect(&mut buffer, key).unwrap();
    buffer.packet().to_vec()
}

fn their_open(session: &mut Session, packet: &[u8]) -> Result<Vec<u8>, Status> {
    let mut buffer = Buffer::of(packet);
    session.unprotect(&mut buffer).map(|()| buffer.packet().to_vec())
}

/// The kinds of refusal that both sides tell apart.
fn status(error: UnprotectError) -> i32 {
    match error {
        UnprotectError::NotAuthentic { .. } => 7,
        UnprotectError::Replayed { .. } => 9,
        UnprotectError::TooOld { .. } => 10,
        UnprotectError::UnknownMki(_) => 25,
        UnprotectError::TooShort { .. } | UnprotectError::Version(_) | UnprotectError::KeyExhausted { .. } => -1,
    }
}

#[test]
fn packets_across_a_wrap_are_the_same_and_opened_by_the_other() {
    each(|policy, mki, random| {
        let keys = random.keys(mki);
        let mut theirs = Session::open(Direction::Outbound, policy, std::slice::from_ref(&keys));
        let mut their_end = Session::open(Direction::Inbound, policy, std::slice::from_ref(&keys));
        let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        for sequence in (65_300..=65_535).chain(0..300) {
            let packet = random.rtp(SSRC, sequence);
            let (from_us, from_them) = (protect(&mut ours, &packet), their_protect(&mut theirs, &packet, 0));
            assert_eq!(from_us, from_them, "{policy:?} {mki:?} {sequence}");
            assert_eq!(their_open(&mut their_end, &from_us).as_ref(), Ok(&packet));
            assert_eq!(open(&mut our_end, &from_them).as_ref(), Ok(&packet));
        }
    });
}

#[test]
fn reports_are_the_same_and_opened_by_the_other() {
    each(|policy, mki, random| {
        let keys = random.keys(mki);
        let mut theirs = Session::open(Direction::Outbound, policy, std::slice::from_ref(&keys));
        let mut their_end = Session::open(Direction::Inbound, policy, std::slice::from_ref(&keys));
        let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        let opens = opens_reports(policy, mki);
        // libsrtp begins with index 1, we with 0 as RFC 3711 3.4 says. It takes that too.
        let mut first = Buffer::of(&protect_rtcp(&mut ours, &random.rtcp(SSRC)));
        assert!(!opens || their_end.unprotect_rtcp(&mut first).is_ok(), "{policy:?} {mki:?}");
        for _ in 0..200 {
            let report = random.rtcp(SSRC);
            let mut buffer = Buffer::of(&report);
            theirs.protect_rtcp(&mut buffer, 0).unwrap();
            let mut from_us = protect_rtcp(&mut ours, &report);
            assert_eq!(from_us, buffer.packet(), "{policy:?} {mki:?}");
            if opens {
                their_end.unprotect_rtcp(&mut buffer).unwrap();
                assert_eq!(buffer.packet(), report);
            }
            let length = our_end.unprotect_rtcp(&mut from_us).unwrap();
            assert_eq!(from_us[..length], report);
        }
    });
}

/// libsrtp before 2.7 looks for the MKI of SRTCP by the tag length of SRTP (cisco/libsrtp pull request 737), so with the short
/// tag it finds none, not even in its own reports.
fn opens_reports(policy: Policy, mki: Mki) -> bool {
    policy.suite == Suite::AesCm128HmacSha1_80 || mki == Mki::NONE
}

#[test]
fn libsrtp_refuses_its_own_reports_where_it_refuses_ours() {
    each(|policy, mki, random| {
        let keys = [random.keys(mki)];
        let mut report = Buffer::of(&random.rtcp(SSRC));
        Session::open(Direction::Outbound, policy, &keys).protect_rtcp(&mut report, 0).unwrap();
        let opened = Session::open(Direction::Inbound, policy, &keys).unprotect_rtcp(&mut report);
        let expected = if opens_reports(policy, mki) { Ok(()) } else { Err(Status(25)) };
        assert_eq!(opened, expected, "{policy:?} {mki:?}");
    });
}

#[test]
fn packets_that_are_late_or_come_twice_meet_the_same_verdict() {
    let mut verdicts = [0; 3];
    each(|policy, mki, random| {
        let keys = random.keys(mki);
        let mut their_end = Session::open(Direction::Inbound, policy, std::slice::from_ref(&keys));
        let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        let packets: Vec<_> =
            (0..700).map(|number: u64| protect(&mut ours, &random.rtp(SSRC, (65_200 + number) as u16))).collect();
        // Further than the window of 128.
        for number in random.arrivals(0, 700, 200) {
            let packet = &packets[usize::try_from(number).unwrap()];
            let verdict = open(&mut our_end, packet).map_err(|error| Status(status(error)));
            assert_eq!(verdict, their_open(&mut their_end, packet), "{policy:?} {mki:?} {number}");
            verdicts[match verdict {
                Ok(_) => 0,
                Err(Status(9)) => 1,
                Err(_) => 2,
            }] += 1;
        }
    });
    assert!(verdicts[0] > 3000 && verdicts[1..].iter().all(|count| *count > 100), "{verdicts:?}");
}

#[test]
fn damaged_packets_are_refused_by_both() {
    each(|policy, mki, random| {
        let keys = random.keys(mki);
        let mut their_end = Session::open(Direction::Inbound, policy, std::slice::from_ref(&keys));
        let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
        for sequence in 0..300 {
            let packet = random.rtp(SSRC, sequence);
            let protected = protect(&mut ours, &packet);
            let mut damaged = protected.clone();
            match random.below(3) {
                0 => damaged[random.below(protected.len())] ^= 1 << random.below(8),
                1 => damaged.truncate(random.below(protected.len())),
                _ => damaged.extend(random.octets(4)),
            }
            assert!(open(&mut our_end, &damaged).is_err(), "{policy:?} {mki:?}");
            assert!(their_open(&mut their_end, &damaged).is_err(), "{policy:?} {mki:?}");
            assert_eq!(open(&mut our_end, &protected).as_ref(), Ok(&packet));
            assert_eq!(their_open(&mut their_end, &protected).as_ref(), Ok(&packet));
        }
    });
}

#[test]
fn unknown_mki_is_refused_by_both_as_such() {
    let mut random = Random::new(7);
    let policy = Policy::new(Suite::AesCm128HmacSha1_80);
    let mki = |value| Mki::new(value, 2).unwrap();
    let keys = random.keys(mki(1));
    let mut their_end = Session::open(Direction::Inbound, policy, std::slice::from_ref(&keys));
    let mut our_end = Receiver::new(policy, &keys);
    let packet = protect(&mut Sender::new(policy, &random.keys(mki(2))), &random.rtp(SSRC, 1));
    assert_eq!(their_open(&mut their_end, &packet), Err(Status(25)));
    assert_eq!(open(&mut our_end, &packet), Err(UnprotectError::UnknownMki(mki(2))));
}

#[test]
fn two_master_keys_are_told_apart_by_mki_in_both_directions() {
    for suite in Suite::ALL {
        for length in 1..=4 {
            let mut random = Random::new(u64::from(length));
            let policy = Policy::new(suite);
            let keys: [Keys; 2] = [1, 2].map(|value| random.keys(Mki::new(value, length).unwrap()));
            let mut theirs = Session::open(Direction::Outbound, policy, &keys);
            let mut their_end = Session::open(Direction::Inbound, policy, &keys);
            let mut our_end = Receiver::new(policy, &keys[0]);
            our_end.add_keys(&keys[1]).unwrap();
            let mut ours = Sender::new(policy, &keys[0]);
            for sequence in (65_400..=65_535).chain(0..200) {
                // Theirs goes from one to the other at random, ours every 50 packets.
                let packet = random.rtp(SSRC, sequence);
                let protected = their_protect(&mut theirs, &packet, u32::try_from(random.below(2)).unwrap());
                assert_eq!(open(&mut our_end, &protected).as_ref(), Ok(&packet));
                if sequence % 50 == 0 {
                    ours.rekey(&keys[usize::from(sequence / 50 % 2)]).unwrap();
                }
                assert_eq!(their_open(&mut their_end, &protect(&mut ours, &packet)), Ok(packet));
            }
        }
    }
}

#[test]
fn several_sources_in_a_session_are_opened_by_the_other() {
    let mut random = Random::new(11);
    let policy = Policy::new(Suite::AesCm128HmacSha1_80);
    let keys = random.keys(Mki::new(1, 1).unwrap());
    let mut theirs = Session::open(Direction::Outbound, policy, std::slice::from_ref(&keys));
    let mut their_end = Session::open(Direction::Inbound, policy, std::slice::from_ref(&keys));
    let (mut ours, mut our_end) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
    let mut sequences: [u16; 6] = [65_530, 0, 32_760, 65_535, 100, 40_000];
    for _ in 0..1000 {
        let at = random.below(6);
        let packet = random.rtp(at as u32 + 1, sequences[at]);
        sequences[at] = sequences[at].wrapping_add(1);
        let (from_us, from_them) = (protect(&mut ours, &packet), their_protect(&mut theirs, &packet, 0));
        assert_eq!(from_us, from_them);
        assert_eq!(their_open(&mut their_end, &from_us).as_ref(), Ok(&packet));
        assert_eq!(open(&mut our_end, &from_them), Ok(packet));
    }
}
