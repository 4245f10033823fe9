//! Suites by name, MKIs as numbers and octets, inline keys; nothing printed gives a key away.

use crate::packets::{default_policy, ends};
use media::srtp::{BadMki, Keys, Mki, Receiver, Sender, Suite};

#[test]
fn suites_have_the_names_of_rfc_4568() {
    assert_eq!(Suite::ALL.map(Suite::name), ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"]);
    for suite in Suite::ALL {
        assert_eq!(Suite::from_name(suite.name()), Some(suite));
    }
    for unknown in ["AES_CM_128_HMAC_SHA1_8", "aes_cm_128_hmac_sha1_80", "F8_128_HMAC_SHA1_80", ""] {
        assert_eq!(Suite::from_name(unknown), None, "{unknown}");
    }
}

#[test]
fn mki_is_written_in_as_many_octets_as_agreed() {
    let octets = |value, length| Mki::new(value, length).map(|mki| (mki.as_bytes().to_vec(), mki.value()));
    assert_eq!(octets(0, 0), Ok((vec![], 0)));
    assert_eq!(octets(1, 1), Ok((vec![1], 1)));
    assert_eq!(octets(1, 4), Ok((vec![0, 0, 0, 1], 1)));
    assert_eq!(octets(0x01_0203, 3), Ok((vec![1, 2, 3], 0x01_0203)));
    assert_eq!(octets(u32::MAX, 4), Ok((vec![255; 4], u32::MAX)));
    assert_eq!(Mki::new(0, 0), Ok(Mki::NONE));
}

#[test]
fn mki_that_does_not_fit_is_refused() {
    assert_eq!(Mki::new(256, 1), Err(BadMki::TooLarge { value: 256, length: 1 }));
    assert_eq!(Mki::new(1, 0), Err(BadMki::TooLarge { value: 1, length: 0 }));
    assert_eq!(Mki::new(1 << 24, 3), Err(BadMki::TooLarge { value: 1 << 24, length: 3 }));
    assert_eq!(Mki::new(1, 5), Err(BadMki::TooLong(5)));
}

#[test]
fn mkis_of_two_lengths_differ_though_their_numbers_do_not() {
    assert_ne!(Mki::new(1, 1), Mki::new(1, 2));
}

#[test]
fn inline_key_is_key_and_salt_one_behind_the_other() {
    let inline: [u8; 30] = std::array::from_fn(|at| at as u8);
    let mki = Mki::new(1, 1).unwrap();
    let keys = Keys::from_inline(inline, mki);
    assert_eq!(keys, Keys::new(std::array::from_fn(|at| at as u8), std::array::from_fn(|at| 16 + at as u8), mki));
    assert_eq!((keys.inline(), keys.mki()), (&inline, mki));
}

#[test]
fn nothing_printed_gives_a_key_away() {
    // 0xAB is 171: neither way of writing it may appear.
    let keys = Keys::new([0xAB; 16], [0xAB; 14], Mki::new(7, 1).unwrap());
    let (sender, receiver) = (Sender::new(default_policy(), &keys), Receiver::new(default_policy(), &keys));
    assert_eq!(format!("{keys:?}"), "Keys { mki: Mki(7:1), .. }");
    for printed in [format!("{keys:#?}"), format!("{sender:?}"), format!("{receiver:?}")] {
        assert!(!printed.contains("171") && !printed.to_lowercase().contains("ab,"), "{printed}");
    }
    // Session keys are derived: printed senders of two keys are the same.
    let print = |keys: &Keys| format!("{:?}", Sender::new(default_policy(), keys));
    assert_eq!(print(&keys), print(&Keys::new([1; 16], [2; 14], Mki::new(7, 1).unwrap())));
    assert!(format!("{:?}", ends().0).contains("Session { mki: Mki(0:0), .. }"));
}
