//! Who plays the music when a SIP peer holds.

use std::time::{Duration, Instant};

use media::Direction;

use super::super::music::PeerHold;

const LATER: Duration = Duration::from_millis(501);

#[test]
fn peer_says_inactive_it_is_played_at_once_and_no_more_when_it_is_back() {
    let now = Instant::now();
    let held = PeerHold::Off.after(Direction::Inactive, now);
    assert!(held.wants_music(now));
    assert!(!held.after(Direction::SendRecv, now).wants_music(now + LATER));
}

#[test]
fn peer_says_sendonly_it_is_played_while_nothing_comes_for_half_a_second() {
    let now = Instant::now();
    let mut held = PeerHold::Off.after(Direction::RecvOnly, now);
    assert!(!held.wants_music(now + Duration::from_millis(500)));
    assert!(held.wants_music(now + LATER));
    // Another agreement on the same does not begin anew.
    held = held.after(Direction::RecvOnly, now + LATER);
    assert!(held.wants_music(now + LATER));
    held.heard(now + LATER);
    assert!(!held.wants_music(now + LATER) && held.wants_music(now + LATER + LATER));
}

#[test]
fn peer_that_only_listens_holds_nobody() {
    let now = Instant::now();
    assert!(!PeerHold::Off.after(Direction::SendOnly, now).wants_music(now + LATER));
    assert!(!PeerHold::Inactive.after(Direction::SendOnly, now).wants_music(now + LATER));
    let mut off = PeerHold::Off;
    off.heard(now);
    assert_eq!(off, PeerHold::Off);
}
