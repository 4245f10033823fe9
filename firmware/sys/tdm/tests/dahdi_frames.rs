//! Frames of a D-channel, framed by the kernel or by the card: check sequence, damage, limits.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_fake::FakeSpan;
use dahdi_open::{Opened, e1_config, events};
use tdm::dahdi::ioctl::value;
use tdm::dahdi::{ChannelKind, SpanConfig};
use tdm::{Channel, ChannelEvent, Error, MAX_FRAME, Mode, Span};

/// A frame as the kernel gives it: with two octets of check sequence.
fn with_fcs(frame: &[u8]) -> Vec<u8> {
    [frame, &[0xaa, 0x55]].concat()
}

fn hardware() -> Opened {
    let mut config = e1_config();
    config.channels[15].kind = ChannelKind::D { hardware_hdlc: true };
    Opened::with(FakeSpan::e1("A1", 1), config)
}

fn read(channel: &mut dyn Channel) -> Result<Vec<u8>, Error> {
    let mut buffer = [0; MAX_FRAME];
    channel.read(&mut buffer).map(|length| buffer[..length].to_vec())
}

#[test]
fn frames_go_both_ways_without_their_check_sequence() {
    for (mut opened, sigtype) in [(Opened::e1(), value::SIG_HDLCFCS), (hardware(), value::SIG_HARDHDLC)] {
        let channo = opened.channo(16);
        assert_eq!(opened.fake.channel(channo, |channel| channel.sigtype), sigtype);
        let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
        opened.fake.receive(channo, &with_fcs(&[2, 1, 127]));
        opened.fake.receive(channo, &with_fcs(&[2, 1, 115]));
        assert_eq!(read(&mut *channel).unwrap(), [2, 1, 127]);
        assert_eq!(read(&mut *channel).unwrap(), [2, 1, 115]);
        assert!(matches!(read(&mut *channel), Err(Error::WouldBlock)));
        assert_eq!(channel.write(&[0, 1, 127]).unwrap(), 3);
        assert_eq!(opened.fake.play(channo, 1), [[0, 1, 127, 0, 0]], "two octets of room for the check sequence");
        let counters = channel.counters();
        assert_eq!((counters.frames_received, counters.frames_sent, counters.bad_frames), (2, 1, 0));
    }
}

#[test]
fn longest_frame_passes_and_a_longer_one_is_counted() {
    for mut opened in [Opened::e1(), hardware()] {
        let channo = opened.channo(16);
        let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
        let longest = vec![7; MAX_FRAME];
        opened.fake.receive(channo, &with_fcs(&longest));
        opened.fake.receive(channo, &[7; MAX_FRAME + 16]);
        assert_eq!(read(&mut *channel).unwrap(), longest);
        assert!(matches!(read(&mut *channel), Err(Error::WouldBlock)));
        assert_eq!(events(&mut *channel), [ChannelEvent::HdlcAbort]);
        assert_eq!(channel.counters().bad_frames, 1);
        assert_eq!(channel.write(&longest).unwrap(), MAX_FRAME);
        assert!(matches!(channel.write(&[7; MAX_FRAME + 1]), Err(Error::BadLength { len: 1025 })));
        assert!(matches!(channel.write(&[]), Err(Error::BadLength { len: 0 })));
    }
}

#[test]
fn damaged_frames_are_told_and_counted_and_do_not_hold_up_the_next() {
    let mut opened = Opened::e1();
    let channo = opened.channo(16);
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    opened.fake.event(channo, value::EVENT_ABORT);
    opened.fake.event(channo, value::EVENT_BADFCS);
    opened.fake.receive(channo, &with_fcs(&[2, 1, 1]));
    assert_eq!(read(&mut *channel).unwrap(), [2, 1, 1]);
    assert_eq!(events(&mut *channel), [ChannelEvent::HdlcAbort, ChannelEvent::BadFcs]);
    assert_eq!(channel.counters().bad_frames, 2);
    opened.fake.event(channo, value::EVENT_BADFCS);
    assert_eq!(channel.write(&[2, 1, 2]).unwrap(), 3, "nor does one hold up what is sent");
    assert_eq!(channel.counters().bad_frames, 3);
}

#[test]
fn frame_shorter_than_its_check_sequence_is_bad() {
    let mut opened = Opened::e1();
    let channo = opened.channo(16);
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    for frame in [&[1][..], &[1, 2], &with_fcs(&[9])] {
        opened.fake.receive(channo, frame);
    }
    assert_eq!(read(&mut *channel).unwrap(), [9]);
    assert_eq!(channel.counters().bad_frames, 2);
}

#[test]
fn frame_that_does_not_fit_the_buffer_stays() {
    let mut opened = Opened::e1();
    let channo = opened.channo(16);
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    opened.fake.receive(channo, &with_fcs(&[1, 2, 3, 4]));
    opened.fake.receive(channo, &with_fcs(&[5]));
    assert!(matches!(channel.read(&mut [0; 3]), Err(Error::BufferTooSmall { len: 3, needed: 4 })));
    assert_eq!(read(&mut *channel).unwrap(), [1, 2, 3, 4]);
    assert_eq!(read(&mut *channel).unwrap(), [5]);
    assert_eq!(channel.counters().frames_received, 2);
}

#[test]
fn full_queue_refuses_a_frame_until_one_was_sent() {
    let mut opened = Opened::e1();
    let channo = opened.channo(16);
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    let sent = (0..100_u8).take_while(|number| channel.write(&[*number]).is_ok()).count();
    assert_eq!(sent, 16);
    assert!(matches!(channel.write(&[99]), Err(Error::WouldBlock)));
    opened.fake.play(channo, 1);
    assert!(channel.write(&[99]).is_ok());
    assert_eq!(channel.counters().frames_sent, 17);
}

#[test]
fn frames_that_nobody_reads_are_an_overrun() {
    let mut opened = Opened::e1();
    let channo = opened.channo(16);
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    for number in 0..20 {
        opened.fake.receive(channo, &with_fcs(&[number]));
    }
    assert_eq!(std::iter::from_fn(|| read(&mut *channel).ok()).count(), 16);
    assert_eq!(events(&mut *channel), [ChannelEvent::Overrun]);
    assert_eq!(channel.counters().overruns, 1);
}

#[test]
fn channel_that_is_opened_again_has_nothing_of_before() {
    let mut opened = Opened::e1();
    let channo = opened.channo(16);
    opened.fake.receive(channo, &with_fcs(&[1]));
    opened.fake.event(channo, value::EVENT_BADFCS);
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    assert!(matches!(read(&mut *channel), Err(Error::WouldBlock)));
    assert_eq!((events(&mut *channel), channel.counters().bad_frames), (vec![], 0));
}

#[test]
fn audio_calls_on_a_d_channel_are_refused() {
    let mut opened = Opened::e1();
    assert!(matches!(opened.span.open(16, Mode::Audio), Err(Error::WrongMode { slot: 16, mode: Mode::Hdlc, .. })));
    let mut channel = opened.span.open(16, Mode::Hdlc).unwrap();
    assert!(matches!(channel.set_bits(1), Err(Error::WrongMode { .. })));
    assert!(matches!(channel.hook(tdm::Hook::OnHook), Err(Error::WrongMode { .. })));
    assert!(matches!(channel.set_polarity(true), Err(Error::WrongMode { .. })));
}

#[test]
fn span_without_d_channel_opens_none() {
    let config = SpanConfig { channels: dahdi_open::channels(&[ChannelKind::B; 3]), ..e1_config() };
    let mut opened = Opened::with(FakeSpan::e1("A1", 1), config);
    assert_eq!(opened.span.info().d_channel, None);
    assert!(matches!(opened.span.open(16, Mode::Hdlc), Err(Error::NoSuchTimeslot { slot: 16, timeslots: 3 })));
}
