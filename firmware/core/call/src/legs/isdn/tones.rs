//! Whose callers hear call progress tones from this box (`progress_tones` of a span).
//!
//! At the network's end of a D-channel they are ours to play, since a PBX or telephone there expects them from its network; at the user's
//! end the telephone network plays them.

use model::settings::{ProgressTones, Side};

use super::IsdnSpan;
use crate::words::Tones;

impl IsdnSpan {
    pub(super) const fn tones(&self) -> Tones {
        match (self.settings.progress_tones, self.settings.side) {
            (ProgressTones::Off, Side::User | Side::Network) | (ProgressTones::Auto, Side::User) => Tones::NotOurs,
            // Only a network may leave a tone on a call that it clears (Q.931 5.3.4.1).
            (ProgressTones::On, Side::User) => Tones::Ringback,
            (ProgressTones::Auto | ProgressTones::On, Side::Network) => Tones::All,
        }
    }
}
