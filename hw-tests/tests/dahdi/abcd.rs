//! The 16 ABCD values both ways. Our end is `tdm::dahdi`; the far end is configured by `dahdi_cfg` (`cas=..:1101`) and its bits are set and
//! read by plain ioctls. Dynamic spans put the neighbour's bits into the upper four: they must not be seen.

use crate::far_end::{FarEnd, Span};
use crate::near_end::{e1_cas, open, until};
use crate::stranger;
use hw_tests::scratch::Scratch;
use std::ffi::c_int;
use std::time::Duration;
use tdm::dahdi::ioctl::Request;
use tdm::dahdi::{DahdiFile, DahdiSpan};
use tdm::{Channel, ChannelEvent, Mode, Span as _};

const IDLE: u8 = 0b1101;
/// Long enough for an event said twice, or by the neighbour.
const A_WHILE: Duration = Duration::from_millis(30);

/// Two neighbours of ours, and the far ends of both. Taken apart with `_far` first, so that the channels are closed before the spans.
struct Pair {
    ours: [Box<dyn Channel>; 2],
    span: DahdiSpan,
    theirs: [Box<dyn DahdiFile>; 2],
    _far: FarEnd,
}

fn pair(scratch: &Scratch) -> Pair {
    let far = Span::loc(0, 1, 31).with("alaw", &[(1, 31)]).with_suffix("cas", &[(1, 15)], ":1101");
    let far = FarEnd::start(scratch, &[far]);
    let mut span = open(e1_cas(0, 0, IDLE));
    far.wait_until_clear();
    let theirs = [5, 6].map(|slot| stranger::open(far.spans()[0].channel(slot)));
    let ours = [5, 6].map(|slot| span.open(slot, Mode::Cas).unwrap());
    let mut pair = Pair { ours, span, theirs, _far: far };
    for (ours, theirs) in pair.ours.iter_mut().zip(&pair.theirs) {
        ours.set_bits(IDLE).unwrap();
        theirs.ioctl(Request::SetTxBits(IDLE.into())).unwrap();
        until(&mut [&mut pair.span], "idle bits", ours, |ours| {
            while ours.poll_event().is_some() {}
            ours.bits() == IDLE && received(&**theirs) == IDLE
        });
    }
    pair
}

fn received(theirs: &dyn DahdiFile) -> u8 {
    let mut bits: c_int = 0;
    theirs.ioctl(Request::GetRxBits(&mut bits)).unwrap();
    u8::try_from(bits & 0xf).unwrap()
}

fn told(channel: &mut dyn Channel) -> Vec<ChannelEvent> {
    std::iter::from_fn(|| channel.poll_event()).collect()
}

#[test]
fn each_abcd_value_sent_by_the_far_end_is_told_once() {
    let scratch = Scratch::new("abcd-in");
    let Pair { _far, mut span, theirs: [theirs, _other], ours: [mut ours, mut beside] } = pair(&scratch);
    for value in (0..16).rev() {
        let before = ours.bits();
        theirs.ioctl(Request::SetTxBits(value.into())).unwrap();
        let mut events = Vec::new();
        let took = until(&mut [&mut span], &format!("bits {value:04b}"), &mut (&mut ours, &mut events), |(ours, events)| {
            events.extend(told(&mut ***ours));
            ours.bits() == value
        });
        std::thread::sleep(A_WHILE);
        events.extend(told(&mut *ours));
        let wanted: Vec<_> = (before != value).then_some(ChannelEvent::BitsChanged(value)).into_iter().collect();
        assert_eq!(events, wanted, "for {value:04b} after {before:04b}");
        assert_eq!(told(&mut *beside), [], "the neighbour tells of {value:04b}");
        assert_eq!(beside.bits(), IDLE, "the neighbour's bits changed with {value:04b}");
        println!("{value:04b} in: {took:?}");
    }
}

#[test]
fn neighbours_bits_changing_are_not_told() {
    let scratch = Scratch::new("abcd-beside");
    let Pair { _far, mut span, theirs: [_theirs, other], ours: [mut ours, mut beside] } = pair(&scratch);
    for value in [0, 0xf, 0x5, 0xa] {
        other.ioctl(Request::SetTxBits(value.into())).unwrap();
        until(&mut [&mut span], "the neighbour's bits", &mut beside, |beside| {
            while beside.poll_event().is_some() {}
            beside.bits() == value
        });
        std::thread::sleep(A_WHILE);
        assert_eq!(told(&mut *ours), [], "the neighbour sent {value:04b}");
        assert_eq!(ours.bits(), IDLE);
    }
}

#[test]
fn each_abcd_value_set_by_us_arrives_and_only_on_its_timeslot() {
    let scratch = Scratch::new("abcd-out");
    let Pair { _far, mut span, theirs: [theirs, other], ours: [mut ours, _beside] } = pair(&scratch);
    for value in 0..16 {
        ours.set_bits(value).unwrap();
        let took = until(&mut [&mut span], &format!("bits {value:04b}"), &mut (), |()| received(&*theirs) == value);
        assert_eq!(received(&*other), IDLE, "the neighbour's bits changed with {value:04b}");
        println!("{value:04b} out: {took:?}");
    }
}
