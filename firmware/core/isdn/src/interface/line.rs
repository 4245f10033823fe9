//! Layer 1 of the spans: what an alarm means for D-channels, and in a group for the B-channels of one span (Q.931 5.8.9).
//!
//! An interface of one span has no use for the second: without its D-channel no call can begin, and 5.8.9 has the others.

use std::time::Instant;

use super::{Interface, InterfaceTimer};
use crate::q931::call::Call;

impl Interface {
    /// Layer 1 of one span went up or down. Down takes the link of its D-channel down at once, and of a group's span also its B-channels: calls
    /// that are being set up there end with cause 27, active ones when T309 expires.
    pub fn handle_layer1_on(&mut self, now: Instant, interface: u8, up: bool) {
        let known = self.channels().iter().any(|status| status.channel.interface == interface);
        if !known && self.d_channels.get(interface).is_none() {
            return self.context.misuse(&format!("layer 1 of span {interface}, which is not in the group"));
        }
        let changed = if up { self.lines_down.remove(&interface) } else { self.lines_down.insert(interface) };
        if !changed {
            return;
        }
        if up {
            self.establish(now, interface);
        } else {
            self.timers.stop(InterfaceTimer::Reestablish(interface));
            if let Some(d_channel) = self.d_channels.get_mut(interface) {
                d_channel.link.deactivate(now);
            }
        }
        self.settle(now);
        if self.context.addressing.group {
            self.line_changed(now, interface, up);
            self.settle(now);
        }
    }

    /// The B-channels of a group's span, and the calls on them. Without a D-channel in service the calls have been seen to.
    fn line_changed(&mut self, now: Instant, interface: u8, up: bool) {
        self.context.channels.set_line(interface, up);
        if !self.context.link_up {
            return;
        }
        let on_it = |call: &&mut Call| call.channel.is_some_and(|channel| channel.interface == interface);
        for call in self.calls.values_mut().filter(on_it) {
            if up {
                call.line_back(now, &mut self.context);
            } else {
                call.line_lost(now, &mut self.context);
            }
        }
    }
}
