//! Why the kernel refused, where its EINVAL alone does not tell.

use std::ffi::c_int;
use std::io;

use nix::libc;

use super::checks::params;
use crate::dahdi::config::ChannelConfig;
use crate::dahdi::config::ChannelKind::{B, Cas, D, EAndM, EAndME1, Fxo, Fxs};
use crate::dahdi::ioctl::value::{SIG_FXOLS, SIG_FXSLS};
use crate::dahdi::refused::Refused;
use crate::dahdi::system::DahdiFile;

/// Why the kernel did not take a channel's signalling, from what the channel can.
pub(super) fn channel(ctl: &dyn DahdiFile, channel: &ChannelConfig, channo: c_int, refused: Refused) -> Refused {
    let errno = refused.source.as_ref().and_then(io::Error::raw_os_error);
    let Some(can) = params(ctl, channo).ok().filter(|_| errno == Some(libc::EINVAL)).map(|params| params.sigcap) else {
        return refused;
    };
    let has = |sig: c_int| can & sig == sig;
    let cure = match channel.kind {
        _ if can == 0 => {
            "it cannot be used: on an analog card no module works there (plug one in, or see `journalctl -k` for why its firmware did not \
             start); timeslot 16 of an E1 with ABCD bits carries those bits"
        }
        D { hardware_hdlc: true } => "the card has no HDLC of its own: set hardware_hdlc = false",
        Fxs(_) if has(SIG_FXSLS) => "an FXO module is plugged in there: make the channel an fxo kind, or change the module",
        Fxo(_) if has(SIG_FXOLS) => "an FXS module is plugged in there: make the channel an fxs kind, or change the module",
        EAndM => "the line cannot do E&M by robbed bits: on an E1 the kind is em-e1",
        EAndME1 => "the line cannot do the E1 form of E&M: on a T1 the kind is em",
        B | D { .. } | Cas { .. } | Fxs(_) | Fxo(_) => "the line cannot do this kind of channel: choose another kind",
    };
    refused.cure(cure)
}

/// The cure for a card without an echo canceller.
pub(super) const NO_HARDWARE_CANCELLER: &str = "the card has none, or it did not start for want of its firmware file \
     (dahdi-fw-oct6114-*.bin, dahdi-fw-vpmoct032.bin): see `journalctl -k`, or name a canceller of the kernel such as mg2";

/// Why an echo canceller could not be attached.
pub(super) fn canceller(module: &str, refused: Refused) -> Refused {
    match refused.source.as_ref().and_then(io::Error::raw_os_error) {
        Some(libc::EINVAL) if module.eq_ignore_ascii_case("hwec") => refused.cure(NO_HARDWARE_CANCELLER),
        Some(libc::EINVAL) => {
            refused.cure(format!("it is not there: `modprobe dahdi_echocan_{module}`, or name another such as mg2"))
        }
        _ => refused,
    }
}
