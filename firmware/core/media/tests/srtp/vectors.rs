//! Proof against what others published: RFC 3711 appendix B.2 and B.3, RFC 2202, and libsrtp's reference packets.

use crate::packets::{default_policy, protect, protect_rtcp, unprotect, unprotect_rtcp};
use media::srtp::aes_cm::AesCm;
use media::srtp::derivation::{Derivation, Label};
use media::srtp::hmac_sha1::HmacSha1;
use media::srtp::{Keys, Mki, Policy, Receiver, Sender};

const RFC_3711: &str = include_str!("../vectors/srtp/rfc3711.txt");
const RFC_2202: &str = include_str!("../vectors/srtp/rfc2202.txt");
const LIBSRTP: &str = include_str!("../vectors/srtp/libsrtp.txt");

/// The octets on the line of that name.
#[track_caller]
fn vector(file: &str, name: &str) -> Vec<u8> {
    let line = file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let digits: Vec<u8> = line.unwrap_or_else(|| panic!("no {name}")).bytes().filter(|octet| *octet != b' ').collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[track_caller]
fn array<const N: usize>(file: &str, name: &str) -> [u8; N] {
    vector(file, name).try_into().unwrap()
}

#[test]
fn aes_cm_gives_the_key_stream_of_rfc_3711() {
    let cipher = AesCm::new(&array(RFC_3711, "b2-session-key"), &array(RFC_3711, "b2-session-salt"));
    let mut stream = vec![0; 1_044_512];
    cipher.apply(0, 0, &mut stream);
    assert_eq!(stream[..48], vector(RFC_3711, "b2-first-blocks"));
    assert_eq!(stream[1_044_512 - 48..], vector(RFC_3711, "b2-last-blocks"));
}

#[test]
fn aes_cm_gives_any_length_of_the_same_key_stream() {
    let cipher = AesCm::new(&array(RFC_3711, "b2-session-key"), &array(RFC_3711, "b2-session-salt"));
    let mut whole = [0; 400];
    cipher.apply(7, 9, &mut whole);
    for length in 0..400 {
        let mut part = vec![0; length];
        cipher.apply(7, 9, &mut part);
        assert_eq!(part, whole[..length], "{length}");
    }
}

#[test]
fn derivation_gives_the_keys_of_rfc_3711() {
    let derivation = Derivation::new(&array(RFC_3711, "b3-master-key"), &array(RFC_3711, "b3-master-salt"));
    assert_eq!(derivation.derive::<16>(Label::RtpEncryption).to_vec(), vector(RFC_3711, "b3-cipher-key"));
    assert_eq!(derivation.derive::<14>(Label::RtpSalt).to_vec(), vector(RFC_3711, "b3-cipher-salt"));
    assert_eq!(derivation.derive::<94>(Label::RtpAuthentication).to_vec(), vector(RFC_3711, "b3-auth-key"));
}

#[test]
fn hmac_sha1_gives_the_codes_of_rfc_2202() {
    for case in [1, 2, 3, 5] {
        let mut key = [0; 20];
        let given = vector(RFC_2202, &format!("{case}-key"));
        key[..given.len()].copy_from_slice(&given);
        let (data, code) = (vector(RFC_2202, &format!("{case}-data")), vector(RFC_2202, &format!("{case}-code")));
        let hmac = HmacSha1::new(&key);
        for at in 0..=data.len() {
            let (first, second) = data.split_at(at);
            assert_eq!(hmac.code(first, second).to_vec(), code, "case {case} cut at {at}");
            for length in [4, 10, 12, 20] {
                assert!(hmac.verify(first, second, &code[..length]), "case {case}, tag of {length}");
            }
        }
        assert!(!hmac.verify(&data, &[], &[]), "an empty tag");
        assert!(!hmac.verify(&data, &[0], &code[..10]), "one octet more");
        assert!(!hmac.verify(&data, &[], &code[1..11]), "not the front");
    }
}

#[test]
fn packets_are_those_of_libsrtp_both_ways() {
    check_packets(Mki::NONE, default_policy(), "srtp", "srtcp");
}

#[test]
fn packets_with_mki_are_those_of_libsrtp_both_ways() {
    let value = u32::from_be_bytes(array(LIBSRTP, "mki"));
    check_packets(Mki::new(value, 4).unwrap(), default_policy(), "srtp-mki", "srtcp-mki");
}

#[test]
fn unencrypted_packets_are_those_of_libsrtp_both_ways() {
    let clear = Policy { encrypt_rtp: false, encrypt_rtcp: false, ..default_policy() };
    check_packets(Mki::NONE, clear, "srtp-null", "srtcp-null");
}

#[track_caller]
fn check_packets(mki: Mki, policy: Policy, srtp: &str, srtcp: &str) {
    let keys = Keys::new(array(LIBSRTP, "master-key"), array(LIBSRTP, "master-salt"), mki);
    let (mut sender, mut receiver) = (Sender::new(policy, &keys), Receiver::new(policy, &keys));
    let (rtp, rtcp) = (vector(LIBSRTP, "rtp"), vector(LIBSRTP, "rtcp"));
    sender.set_rtcp_index(0xCAFE_BABE, 1).unwrap();
    assert_eq!(protect(&mut sender, &rtp), vector(LIBSRTP, srtp));
    assert_eq!(protect_rtcp(&mut sender, &rtcp), vector(LIBSRTP, srtcp));
    assert_eq!(unprotect(&mut receiver, &vector(LIBSRTP, srtp)), Ok(rtp));
    assert_eq!(unprotect_rtcp(&mut receiver, &vector(LIBSRTP, srtcp)), Ok(rtcp));
}
