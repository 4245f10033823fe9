//! What our session descriptions say: the offer in our INVITE by the peer's settings, our answer to a peer's offer.

use call::words::{MediaCommand, Terminal};
use model::settings::Codec;

use crate::bench::{Bench, PHONE_OFFER, cause, descriptions, sdp};

/// The `m=` line of a message.
fn audio(message: &str) -> &str {
    message.lines().find(|line| line.starts_with("m=")).unwrap()
}

/// Our answer, in a 200, to this offer.
fn answer_to(offer: &str) -> String {
    let mut bench = Bench::new();
    let call = bench.at_phone(|p, now| p.invite(now, sip::Invite { body: sdp(offer), ..Bench::phone_invite("100") }));
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    let answer = bench.sent("SIP/2.0 200 OK")[0].to_owned();
    bench.at_phone(|p, now| p.hangup(now, call, 480, None, &[]));
    bench.assert_idle();
    answer
}

#[test]
fn answer_names_the_one_codec_that_we_prefer() {
    assert_eq!(audio(&answer_to(PHONE_OFFER)), "m=audio 40000 RTP/AVP 8 101");
}

#[test]
fn answer_takes_the_only_codec_and_no_events_that_were_not_offered() {
    assert_eq!(audio(&answer_to(&PHONE_OFFER.replace("8 0 101", "0"))), "m=audio 40000 RTP/AVP 0");
}

#[test]
fn answer_to_an_offer_on_hold_is_on_hold() {
    let answer = answer_to(&format!("{PHONE_OFFER}a=sendonly\r\n"));
    assert_eq!(descriptions(&[&answer]), [(1, "recvonly".to_owned())]);
}

#[test]
fn answer_refuses_what_is_not_audio_in_the_order_of_the_offer() {
    let video = "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
    let answer = answer_to(&format!("{PHONE_OFFER}{video}"));
    let media: Vec<_> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(media, ["m=audio 40000 RTP/AVP 8 101", "m=video 0 RTP/AVP 96"]);
}

#[test]
fn answer_keeps_the_packet_time_of_the_offer() {
    let answer = answer_to(&PHONE_OFFER.replace("a=ptime:20", "a=ptime:30"));
    assert!(answer.contains("a=ptime:30\r\n"), "{answer}");
}

#[test]
fn offer_follows_the_settings_of_the_peer() {
    let mut bench = Bench::with(|s| {
        s.peers[0].codecs = vec![Codec::Pcmu, Codec::Pcma];
        s.peers[0].ptime_ms = 30;
        s.peers[0].telephone_event = false;
    });
    let near = bench.exchange_calls("200");
    let invite = bench.sent("INVITE ")[0].to_owned();
    assert_eq!(audio(&invite), "m=audio 40000 RTP/AVP 0 8 13");
    assert!(invite.contains("a=ptime:30\r\n") && !invite.contains("telephone-event"), "{invite}");
    assert_eq!(descriptions(&[&invite]), [(1, "sendrecv".to_owned())]);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

/// A box whose peer may have G.722.
fn wideband() -> Bench {
    Bench::with(|s| s.peers[0].codecs = vec![Codec::G722, Codec::Pcma])
}

#[test]
fn offer_to_a_peer_with_g722_names_it_first() {
    let mut bench = wideband();
    let near = bench.exchange_calls("200");
    let invite = bench.sent("INVITE ")[0].to_owned();
    assert_eq!(audio(&invite), "m=audio 40000 RTP/AVP 9 8 13 101");
    assert!(invite.contains("a=rtpmap:9 G722/8000\r\n"), "{invite}");
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn answer_is_g722_to_a_peer_that_may_have_it_and_offers_it() {
    for (formats, answered) in [("0 8 9", "9"), ("0 8", "8")] {
        let mut bench = wideband();
        let body = sdp(&PHONE_OFFER.replace("8 0 101", formats));
        let call = bench.at_phone(|p, now| p.invite(now, sip::Invite { body, ..Bench::phone_invite("100") }));
        let far = bench.offered_to_exchange();
        bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
        assert_eq!(audio(bench.sent("SIP/2.0 200 OK")[0]), format!("m=audio 40000 RTP/AVP {answered}"));
        bench.at_phone(|p, now| p.hangup(now, call, 480, None, &[]));
        bench.assert_idle();
    }
}

#[test]
fn g722_is_neither_offered_nor_answered_unless_the_peer_has_it_in_its_settings() {
    assert_eq!(audio(&answer_to(&PHONE_OFFER.replace("8 0 101", "9 8 0"))), "m=audio 40000 RTP/AVP 8");
}

#[test]
fn answer_has_comfort_noise_where_the_offer_has_it() {
    assert_eq!(audio(&answer_to(&PHONE_OFFER.replace("8 0 101", "8 0 13"))), "m=audio 40000 RTP/AVP 8 13");
}

#[test]
fn g722_alone_is_offered_without_comfort_noise_and_answered_without_it() {
    let mut bench = Bench::with(|s| s.peers[0].codecs = vec![Codec::G722]);
    let near = bench.exchange_calls("200");
    assert_eq!(audio(bench.sent("INVITE ")[0]), "m=audio 40000 RTP/AVP 9 101");
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
    let mut bench = wideband();
    let body = sdp(&PHONE_OFFER.replace("8 0 101", "9 8 13"));
    let call = bench.at_phone(|p, now| p.invite(now, sip::Invite { body, ..Bench::phone_invite("100") }));
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    assert_eq!(audio(bench.sent("SIP/2.0 200 OK")[0]), "m=audio 40000 RTP/AVP 9");
    bench.at_phone(|p, now| p.hangup(now, call, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn media_threads_are_told_of_comfort_noise_that_was_agreed_on_and_of_the_peers_silence() {
    for (formats, silence_suppression) in [("8 13", true), ("8 13", false), ("8", true)] {
        let mut bench = Bench::with(|s| s.peers[0].silence_suppression = silence_suppression);
        let body = sdp(&PHONE_OFFER.replace("8 0 101", formats));
        let call = bench.at_phone(|p, now| p.invite(now, sip::Invite { body, ..Bench::phone_invite("100") }));
        let far = bench.offered_to_exchange();
        bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
        let told = bench.commands.iter().find_map(|command| match command {
            MediaCommand::Connect { a: Terminal::Rtp(terminal), .. } => {
                Some((terminal.comfort_noise, terminal.silence_suppression))
            }
            _ => None,
        });
        assert_eq!(told, Some((formats == "8 13", silence_suppression)));
        bench.at_phone(|p, now| p.hangup(now, call, 480, None, &[]));
        bench.assert_idle();
    }
}
