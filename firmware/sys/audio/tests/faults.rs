//! What a card can meet while it runs: suspended, unplugged, refusing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod scripted;
use audio::{BLOCK, Capture, Direction, Fault, Loss, Playback, Read, Written};
use nix::errno::Errno;
use scripted::Scripted;

fn capture() -> (Capture<Scripted>, Scripted) {
    let card = Scripted::new(Direction::Capture, 80, 1600);
    let mut capture = Capture::over(card.clone());
    for _ in 0..20 {
        read(&mut capture);
        card.pass(80.0);
    }
    (capture, card)
}

fn read(capture: &mut Capture<Scripted>) -> Read {
    let mut block = [7; BLOCK];
    let read = capture.read(&mut block);
    if matches!(read, Read::Silence | Read::Gone(_)) {
        assert_eq!(block, [0; BLOCK]);
    }
    read
}

#[test]
fn error_numbers_are_told_apart() {
    let cases = [
        (Errno::EPIPE, Fault::Xrun),
        (Errno::ESTRPIPE, Fault::Suspended),
        (Errno::EAGAIN, Fault::Busy),
        (Errno::EINTR, Fault::Busy),
        (Errno::ENODEV, Fault::Unplugged),
        (Errno::EIO, Fault::Refused(Errno::EIO as i32)),
    ];
    for (errno, fault) in cases {
        assert_eq!(Fault::from_errno(errno as i32), fault);
    }
}

#[test]
fn capture_unplugged_says_so_once_and_gives_silence() {
    let (mut capture, card) = capture();
    card.state().faults.extend([Fault::Unplugged; 3]);
    assert_eq!(read(&mut capture), Read::Gone(Loss::Unplugged));
    for _ in 0..100 {
        assert_eq!(read(&mut capture), Read::Silence);
    }
    let counted = capture.counters();
    assert_eq!((counted.losses, counted.blocks), (1, 121));
    assert_eq!(card.state().faults.len(), 2, "the card is not asked any more");
}

#[test]
fn playback_unplugged_says_so_once_and_nobody_hears_the_rest() {
    let card = Scripted::new(Direction::Playback, 80, 1600);
    let mut playback = Playback::over(card.clone());
    assert_eq!(playback.write(&[1; BLOCK]), Written::Once);
    card.state().faults.push_back(Fault::Unplugged);
    assert_eq!(playback.write(&[1; BLOCK]), Written::Gone(Loss::Unplugged));
    assert_eq!(playback.write(&[1; BLOCK]), Written::Unheard);
    let counted = playback.counters();
    assert_eq!((counted.losses, counted.silent), (1, 2));
}

#[test]
fn refusal_that_nobody_knows_is_a_loss_with_its_number() {
    let (mut capture, card) = capture();
    card.state().faults.push_back(Fault::Refused(Errno::EIO as i32));
    let Read::Gone(loss) = read(&mut capture) else { panic!("not told") };
    assert_eq!(loss.to_string(), "the sound card refuses to go on: Input/output error (os error 5); open it again");
}

#[test]
fn suspended_card_that_wakes_later_gives_silence_until_then_and_is_counted_once() {
    let (mut capture, card) = capture();
    card.state().faults.extend([Fault::Suspended; 4]);
    card.state().resumes.extend([Err(Fault::Busy), Err(Fault::Busy), Err(Fault::Busy), Ok(())]);
    for _ in 0..3 {
        assert_eq!(read(&mut capture), Read::Silence);
    }
    read(&mut capture);
    assert_eq!(card.state().resumed, 4);
    assert_eq!(card.state().prepared, 0);
    for _ in 0..10 {
        card.pass(80.0);
        read(&mut capture);
    }
    assert_eq!(read(&mut capture), Read::Sound);
    assert_eq!(capture.counters().suspends, 1);
}

#[test]
fn suspended_card_that_cannot_go_on_is_prepared_and_started() {
    let (mut capture, card) = capture();
    card.state().faults.push_back(Fault::Suspended);
    card.state().resumes.push_back(Err(Fault::Refused(Errno::ENOSYS as i32)));
    read(&mut capture);
    let state = card.state();
    assert_eq!((state.prepared, state.running), (1, true));
    drop(state);
    assert_eq!((capture.counters().suspends, capture.counters().losses), (1, 0));
}
