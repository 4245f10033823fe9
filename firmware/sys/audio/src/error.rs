//! Why a sound device cannot be used, each with what to do about it. Once it runs there are no errors, only
//! [`Loss`](crate::Loss).

use crate::{Direction, Offer};
use nix::errno::Errno;
use std::io;

/// A failure of opening, reopening or listing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No name of a sound device, or one that could make ALSA start a program.
    #[error("{name:?} is no name of a sound device: 1 to 64 letters, digits and any of : , = _ . - as in hw:CARD=PCH,DEV=0")]
    BadName {
        /// As given.
        name: String,
    },
    /// ALSA cannot open it.
    #[error("sound device {name} cannot be opened for {direction}: {source}; {}{}", cure(.source), alsa_said(.said))]
    Open {
        /// What was tried.
        name: String,
        /// Which way.
        direction: Direction,
        /// The reason.
        source: io::Error,
        /// What ALSA would have printed, its first line; may be empty.
        said: String,
    },
    /// It is there, and neither it nor ALSA's conversion gives what is needed.
    #[error(
        "sound device {name} has no {direction} of 8000 Hz, mono, 16 bit ({refused}: {source}); it offers {offer}: \
         choose another device, or one of asound.conf that converts"
    )]
    Unsuited {
        /// What was asked for.
        name: String,
        /// Which way.
        direction: Direction,
        /// The first thing that was refused.
        refused: &'static str,
        /// The reason.
        source: io::Error,
        /// What it can do instead.
        offer: Offer,
    },
    /// The cards cannot be listed.
    #[error("the sound cards cannot be listed: {source}; {}", cure(.source))]
    List {
        /// The reason.
        source: io::Error,
    },
}

fn cure(source: &io::Error) -> &'static str {
    match source.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EBUSY) => "another program has it: end that one, or choose another device",
        Some(Errno::EACCES | Errno::EPERM) => "add the service's user to group audio",
        Some(Errno::ENOENT | Errno::ENODEV | Errno::ENXIO) => {
            "see that the card is plugged in, its driver loaded, and its name one of the list of devices"
        }
        _ => "see the kernel's log",
    }
}

fn alsa_said(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(" (alsa: {said})") }
}
