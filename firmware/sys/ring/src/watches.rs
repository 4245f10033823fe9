//! Which polls and receives of an io_uring stand for which tokens, and what their completions have said so far.
//!
//! A request's `user_data` is a slot and the slot's generation, which changes with every arming: a completion that comes late,
//! for a watch that is no more, names an old generation and is ignored.

use crate::Token;
use nix::libc;
use std::collections::HashMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// `user_data` of requests whose completions say nothing to us; no slot gets that far.
pub(crate) const IGNORED: u64 = u64::MAX;

/// Where a watch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

/// What is asked of a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// To be told when one of these bits of poll(2) is there.
    Poll(u32),
    /// Its datagrams.
    Datagrams,
}

/// A request to be armed.
pub(crate) struct Arming {
    pub(crate) fd: RawFd,
    pub(crate) asked: Asked,
    pub(crate) user_data: u64,
}

/// What completions have said of one watch since the last time it was asked.
pub(crate) struct News {
    pub(crate) token: Token,
    pub(crate) asked: Asked,
    pub(crate) bits: u32,
    /// The kernel has ended the poll: it is to be armed again.
    pub(crate) ended: bool,
    /// Failures in a row.
    pub(crate) failures: u32,
}

struct Watch {
    token: Token,
    fd: OwnedFd,
    asked: Asked,
    /// The kernel has, or will have, the poll.
    armed: bool,
    /// It has been asked to end it.
    leaving: bool,
    /// The watch is no more but for the kernel's last word on it.
    forgotten: bool,
    /// It is in the list of those with news.
    listed: bool,
    bits: u32,
    ended: bool,
    error: i32,
    failures: u32,
}

#[derive(Default)]
struct Slot {
    generation: u32,
    watch: Option<Watch>,
}

/// All watches of one io_uring.
pub(crate) struct Watches {
    slots: Vec<Slot>,
    free: Vec<Place>,
    places: HashMap<Token, Place>,
    with_news: Vec<Place>,
    leaving: usize,
}

impl Watches {
    pub(crate) fn with_capacity(watches: usize) -> Self {
        Self {
            slots: Vec::with_capacity(watches),
            free: Vec::with_capacity(watches),
            places: HashMap::with_capacity(watches),
            with_news: Vec::with_capacity(watches),
            leaving: 0,
        }
    }

    fn get(&self, place: Place) -> Option<&Watch> {
        self.slots.get(place.0 as usize)?.watch.as_ref()
    }

    fn get_mut(&mut self, place: Place) -> Option<&mut Watch> {
        self.slots.get_mut(place.0 as usize)?.watch.as_mut()
    }

    /// A new watch, not armed and not yet known by its token.
    pub(crate) fn insert(&mut self, token: Token, fd: OwnedFd, asked: Asked) -> Place {
        let watch = Watch {
            token,
            fd,
            asked,
            armed: false,
            leaving: false,
            forgotten: false,
            listed: false,
            bits: 0,
            ended: false,
            error: 0,
            failures: 0,
        };
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            // There are never as many slots as descriptors can be, which is below 2^30.
            Place((self.slots.len() - 1) as u32)
        });
        if let Some(slot) = self.slots.get_mut(place.0 as usize) {
            slot.watch = Some(watch);
        }
        place
    }

    /// Makes the watch the token's; returns the one that was.
    pub(crate) fn name(&mut self, token: Token, place: Place) -> Option<Place> {
        self.places.insert(token, place)
    }

    /// Takes the token's name away from its watch.
    pub(crate) fn unname(&mut self, token: Token) -> Option<Place> {
        self.places.remove(&token)
    }

    /// Closes the watch's descriptor and frees its slot. Only for a watch that is not armed.
    pub(crate) fn remove(&mut self, place: Place) {
        self.with_news.retain(|other| *other != place);
        let Some(slot) = self.slots.get_mut(place.0 as usize) else { return };
        if slot.watch.take().is_some() {
            self.free.push(place);
        }
    }

    /// The kernel did not end the poll in time: the watch goes when it does.
    pub(crate) fn forget(&mut self, place: Place) {
        let Some(watch) = self.get_mut(place) else { return };
        watch.forgotten = true;
        if std::mem::take(&mut watch.leaving) {
            self.leaving -= 1;
        }
    }

    /// What to ask the kernel for; the poll counts as armed from now on.
    pub(crate) fn arm(&mut self, place: Place) -> Option<Arming> {
        let slot = self.slots.get_mut(place.0 as usize)?;
        let watch = slot.watch.as_mut()?;
        slot.generation = slot.generation.wrapping_add(1);
        (watch.armed, watch.ended, watch.error) = (true, false, 0);
        let user_data = u64::from(slot.generation) << 32 | u64::from(place.0);
        Some(Arming { fd: watch.fd.as_raw_fd(), asked: watch.asked, user_data })
    }

    /// The arming could not be handed to the kernel: it is due again.
    pub(crate) fn arming_failed(&mut self, place: Place) {
        let Some(watch) = self.get_mut(place) else { return };
        (watch.armed, watch.ended) = (false, true);
        self.list(place);
    }

    /// Why the kernel ended the poll at once, if it did: it cannot be polled.
    pub(crate) fn error(&self, place: Place) -> Option<i32> {
        self.get(place).filter(|watch| watch.ended && watch.error != 0).map(|watch| watch.error)
    }

    /// The poll to be ended, if it is armed. Asking again for one that was asked for gives it again.
    pub(crate) fn leave(&mut self, place: Place) -> Option<u64> {
        let slot = self.slots.get_mut(place.0 as usize)?;
        let watch = slot.watch.as_mut().filter(|watch| watch.armed)?;
        if !std::mem::replace(&mut watch.leaving, true) {
            self.leaving += 1;
        }
        Some(u64::from(slot.generation) << 32 | u64::from(place.0))
    }

    /// Polls that have been asked to end and have not.
    pub(crate) fn leaving(&self) -> usize {
        self.leaving
    }

    /// Whether this one is among them.
    pub(crate) fn is_leaving(&self, place: Place) -> bool {
        self.get(place).is_some_and(|watch| watch.leaving)
    }

    /// Every slot, in use or not.
    pub(crate) fn every_place(&self) -> impl Iterator<Item = Place> + use<> {
        (0..self.slots.len() as u32).map(Place)
    }

    /// Takes note of one completion: the poll's bits or a negative error number; without `more` it is the poll's last.
    /// False: of a watch that is no more.
    pub(crate) fn complete(&mut self, user_data: u64, result: i32, more: bool) -> bool {
        let place = Place(user_data as u32);
        let Some(slot) = self.slots.get_mut(place.0 as usize) else { return false };
        let current = u64::from(slot.generation) == user_data >> 32;
        let Some(watch) = slot.watch.as_mut().filter(|_| current) else { return false };
        match (u32::try_from(result), watch.asked) {
            (Ok(bits), Asked::Poll(_)) => {
                watch.bits |= bits;
                watch.failures = 0;
            }
            (Ok(_), Asked::Datagrams) => watch.failures = 0,
            (Err(_), asked) => {
                watch.error = result.saturating_neg();
                watch.failures = if is_fault(asked, watch.error) { watch.failures.saturating_add(1) } else { 0 };
            }
        }
        if !more {
            (watch.armed, watch.ended) = (false, true);
            if std::mem::take(&mut watch.leaving) {
                self.leaving -= 1;
            }
        }
        self.list(place);
        true
    }

    /// The token of a receive that is armed or has just ended.
    pub(crate) fn receiver(&self, user_data: u64) -> Option<Token> {
        let slot = self.slots.get(user_data as u32 as usize)?;
        let current = u64::from(slot.generation) == user_data >> 32;
        let watch = slot.watch.as_ref().filter(|watch| current && watch.asked == Asked::Datagrams)?;
        (!watch.leaving && !watch.forgotten).then_some(watch.token)
    }

    fn list(&mut self, place: Place) {
        let Some(watch) = self.get_mut(place) else { return };
        if !std::mem::replace(&mut watch.listed, true) {
            self.with_news.push(place);
        }
    }

    /// Whether any watch has news.
    pub(crate) fn has_news(&self) -> bool {
        !self.with_news.is_empty()
    }

    /// The list of those with news, in the order in which it came, swapped for an empty one.
    pub(crate) fn swap_news(&mut self, empty: &mut Vec<Place>) {
        std::mem::swap(&mut self.with_news, empty);
    }

    /// What has been said of a watch; it has no news any more. None also for one that is forgotten, which then goes.
    pub(crate) fn news(&mut self, place: Place) -> Option<News> {
        let watch = self.get_mut(place)?;
        watch.listed = false;
        let bits = std::mem::take(&mut watch.bits);
        let ended = std::mem::take(&mut watch.ended);
        if watch.forgotten {
            if ended {
                self.remove(place);
            }
            return None;
        }
        Some(News { token: watch.token, asked: watch.asked, bits, ended, failures: watch.failures })
    }

    /// Our duplicate.
    pub(crate) fn fd(&self, place: Place) -> Option<BorrowedFd<'_>> {
        self.get(place).map(|watch| watch.fd.as_fd())
    }
}

/// Whether an error says that the descriptor is of no use. Not so ECANCELED: we, or the end of the thread that armed it, have
/// cancelled the request. A receive also ends for want of buffers, and by what the network says of a peer.
fn is_fault(asked: Asked, error: i32) -> bool {
    match asked {
        Asked::Poll(_) => error != libc::ECANCELED,
        Asked::Datagrams => [libc::EBADF, libc::ENOTSOCK, libc::EOPNOTSUPP, libc::EINVAL, libc::EFAULT].contains(&error),
    }
}
