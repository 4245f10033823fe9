//! What the kernel's events mean for one channel.
//!
//! ABCD bits are masked to four and told only when they changed: dynamic spans put the neighbour's into the upper four and
//! say "changed" for it (a fault of `dahdi_dynamic.c` in all versions). The kernel keeps no bits with the event, so of two changes
//! between two looks only the second is seen.
//!
//! Left out, and dropped: the beginning of a pulse digit (the digit follows), 11 and 12 pulses, tone detection, the canceller's own tone
//! events, and what a port cannot use.

use std::ffi::c_int;
use std::sync::atomic::Ordering;

use super::super::ioctl::value;
use super::super::port::Noted;
use super::DahdiChannel;
use crate::{AnalogPort, ChannelEvent, Hook, Mode};

/// Marks a digit dialled by pulses; the digit itself is in the low octet, in ASCII.
const PULSE_DIGIT: c_int = 1 << 16;

impl DahdiChannel {
    /// Turns kernel events that were fetched into ours.
    pub(super) fn take_events(&mut self) {
        while let Some(noted) = self.port.as_mut().and_then(|port| port.kernel_events.pop_front()) {
            let event = match noted {
                Noted::Polarity { reversed } => Some(ChannelEvent::Polarity { reversed }),
                Noted::Code(code) => self.translate(code),
            };
            self.events.extend(event);
        }
    }

    fn translate(&mut self, code: c_int) -> Option<ChannelEvent> {
        match code {
            value::EVENT_ABORT | value::EVENT_OVERRUN => {
                self.counters.bad_frames += 1;
                Some(ChannelEvent::HdlcAbort)
            }
            value::EVENT_BADFCS => {
                self.counters.bad_frames += 1;
                Some(ChannelEvent::BadFcs)
            }
            value::EVENT_READ_OVERRUN => self.overrun(),
            value::EVENT_WRITE_UNDERRUN => self.audio.underrun(),
            value::EVENT_BITSCHANGED => self.bits_changed(),
            value::EVENT_HOOKCOMPLETE | value::EVENT_DIALCOMPLETE => Some(ChannelEvent::HookComplete),
            value::EVENT_RINGERON => Some(ChannelEvent::Ringer { on: true }),
            value::EVENT_RINGEROFF => Some(ChannelEvent::Ringer { on: false }),
            code if code & !0xff == PULSE_DIGIT => {
                u8::try_from(code & 0xff).ok().filter(u8::is_ascii_digit).map(ChannelEvent::PulseDigit)
            }
            code => hook_of(self.mode, code).map(ChannelEvent::Hook),
        }
    }

    /// The kernel tells it once, however much is lost.
    fn overrun(&mut self) -> Option<ChannelEvent> {
        if self.mode.has_audio() && self.audio.is_fresh() {
            return None;
        }
        self.audio.overrun();
        self.counters.overruns += 1;
        if let Ok(port) = self.port() {
            port.shared.overruns.fetch_add(1, Ordering::Relaxed);
        }
        Some(ChannelEvent::Overrun)
    }

    fn bits_changed(&mut self) -> Option<ChannelEvent> {
        if self.mode != Mode::Cas {
            return None;
        }
        let bits = self.received_bits().ok()?;
        (bits != self.bits).then(|| {
            self.bits = bits;
            ChannelEvent::BitsChanged(bits)
        })
    }
}

/// What a hook event of the kernel means on each kind of port. Others are of no use here.
const fn hook_of(mode: Mode, code: c_int) -> Option<Hook> {
    match mode {
        Mode::Analog(AnalogPort::Fxo) => match code {
            value::EVENT_RINGBEGIN => Some(Hook::Ring),
            // On the exchange's side of a port "ring or off hook" comes when a ring is over.
            value::EVENT_RINGOFFHOOK => Some(Hook::RingOff),
            value::EVENT_ONHOOK => Some(Hook::OnHook),
            value::EVENT_WINKFLASH => Some(Hook::Flash),
            _ => None,
        },
        Mode::Analog(AnalogPort::Fxs) => match code {
            value::EVENT_RINGOFFHOOK => Some(Hook::OffHook),
            value::EVENT_ONHOOK => Some(Hook::OnHook),
            value::EVENT_WINKFLASH => Some(Hook::Flash),
            _ => None,
        },
        Mode::EAndM => match code {
            value::EVENT_RINGOFFHOOK => Some(Hook::OffHook),
            value::EVENT_ONHOOK => Some(Hook::OnHook),
            value::EVENT_WINKFLASH => Some(Hook::Wink),
            _ => None,
        },
        Mode::Audio | Mode::Clear | Mode::Hdlc | Mode::Cas => None,
    }
}
