//! Change of the master key within a session: by MKI with both keys in use, and without MKI.

use crate::packets::{default_policy, keys, other_keys, protect, protect_rtcp, rtcp, rtp, unprotect, unprotect_rtcp};
use media::srtp::{Keys, Mki, Receiver, ReceiverStats, RekeyError, Sender, UnprotectError};

fn mki(value: u32) -> Mki {
    Mki::new(value, 1).unwrap()
}

#[test]
fn packets_of_both_keys_are_taken_while_the_peer_changes() {
    let mut sender = Sender::new(default_policy(), &keys(mki(1)));
    let mut receiver = Receiver::new(default_policy(), &keys(mki(1)));
    let old: Vec<_> = (0..10).map(|sequence| protect(&mut sender, &rtp(1, sequence))).collect();
    let old_report = protect_rtcp(&mut sender, &rtcp(1, 8));
    sender.rekey(&other_keys(mki(2))).unwrap();
    let new: Vec<_> = (10..20).map(|sequence| protect(&mut sender, &rtp(1, sequence))).collect();
    let new_report = protect_rtcp(&mut sender, &rtcp(1, 8));

    assert_eq!(unprotect(&mut receiver, &new[0]), Err(UnprotectError::UnknownMki(mki(2))));
    receiver.add_keys(&other_keys(mki(2))).unwrap();
    for (old, new) in old.iter().zip(&new) {
        assert!(unprotect(&mut receiver, new).is_ok());
        assert!(unprotect(&mut receiver, old).is_ok());
    }
    assert!(unprotect_rtcp(&mut receiver, &new_report).is_ok());
    assert!(unprotect_rtcp(&mut receiver, &old_report).is_ok());
    assert_eq!(receiver.stats(), ReceiverStats { rtp: 20, rtcp: 2, unknown_mki: 1, ..ReceiverStats::default() });
}

#[test]
fn third_key_ends_the_first() {
    let mut receiver = Receiver::new(default_policy(), &keys(mki(1)));
    receiver.add_keys(&other_keys(mki(2))).unwrap();
    receiver.add_keys(&Keys::new([9; 16], [9; 14], mki(3))).unwrap();
    let mut first = Sender::new(default_policy(), &keys(mki(1)));
    let mut second = Sender::new(default_policy(), &other_keys(mki(2)));
    let mut third = Sender::new(default_policy(), &Keys::new([9; 16], [9; 14], mki(3)));
    assert_eq!(unprotect(&mut receiver, &protect(&mut first, &rtp(1, 1))), Err(UnprotectError::UnknownMki(mki(1))));
    assert!(unprotect(&mut receiver, &protect(&mut second, &rtp(2, 1))).is_ok());
    assert!(unprotect(&mut receiver, &protect(&mut third, &rtp(3, 1))).is_ok());
}

#[test]
fn roll_over_counter_goes_on_over_a_change_of_keys() {
    let mut sender = Sender::new(default_policy(), &keys(mki(1)));
    let mut receiver = Receiver::new(default_policy(), &keys(mki(1)));
    for number in [65_000, 65_535, 0, 1_u16] {
        assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, number))).is_ok());
    }
    sender.rekey(&other_keys(mki(2))).unwrap();
    receiver.add_keys(&other_keys(mki(2))).unwrap();
    let packet = rtp(1, 2);
    let protected = protect(&mut sender, &packet);
    assert_eq!(unprotect(&mut receiver, &protected), Ok(packet));
    assert_eq!(unprotect(&mut receiver, &protected), Err(UnprotectError::Replayed { ssrc: 1, index: 0x1_0002 }));
}

#[test]
fn without_mki_the_new_key_takes_over_at_once() {
    let mut sender = Sender::new(default_policy(), &keys(Mki::NONE));
    let mut receiver = Receiver::new(default_policy(), &keys(Mki::NONE));
    let old = protect(&mut sender, &rtp(1, 1));
    sender.rekey(&other_keys(Mki::NONE)).unwrap();
    receiver.add_keys(&other_keys(Mki::NONE)).unwrap();
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, 2))).is_ok());
    assert_eq!(unprotect(&mut receiver, &old), Err(UnprotectError::NotAuthentic { ssrc: 1 }));
}

#[test]
fn key_with_the_same_mki_takes_its_place() {
    let mut receiver = Receiver::new(default_policy(), &keys(mki(1)));
    receiver.add_keys(&other_keys(mki(1))).unwrap();
    let mut old = Sender::new(default_policy(), &keys(mki(1)));
    let mut new = Sender::new(default_policy(), &other_keys(mki(1)));
    assert_eq!(unprotect(&mut receiver, &protect(&mut old, &rtp(1, 1))), Err(UnprotectError::NotAuthentic { ssrc: 1 }));
    assert!(unprotect(&mut receiver, &protect(&mut new, &rtp(1, 1))).is_ok());
}

#[test]
fn mki_of_another_length_is_refused_and_changes_nothing() {
    let mut sender = Sender::new(default_policy(), &keys(mki(1)));
    let mut receiver = Receiver::new(default_policy(), &keys(mki(1)));
    let longer = other_keys(Mki::new(2, 2).unwrap());
    let refused = Err(RekeyError::MkiLength { new: 2, present: 1 });
    assert_eq!(sender.rekey(&longer), refused);
    assert_eq!(receiver.add_keys(&longer), refused);
    assert!(unprotect(&mut receiver, &protect(&mut sender, &rtp(1, 1))).is_ok());
}
