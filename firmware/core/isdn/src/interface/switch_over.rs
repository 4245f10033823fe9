//! Which D-channel serves: link set-up, failure, and the switch to one that stands by (Q.931 annex F, 5.8.9).
//!
//! Of several that come up together the first in order of preference serves; another one that is up waits until the try under way on a
//! better one has failed. When the one in service fails the first that is up takes over: its link is set up anew, the failed one is held
//! down (maintenance busy), the far end is asked after the calls, and any message from it ends the switch. None until T321: the
//! service ends as if no D-channel were left, and all are set up anew. What comes back stands by. The layer above hears of the link only
//! when the last D-channel is lost or the first comes back.
//!
//! A message that arrives on a D-channel that stands by says that the far end has switched, and this end follows; when the one that was left is
//! lost later, the far end is asked after the calls that it was last heard of there. Messages that were not
//! acknowledged when the link failed are lost, as in 5.8.8.
//!
//! Left out: SERVICE that this end sends for a D-channel, before its link fails or for the switch. F.2.2 names STATUS ENQUIRY for that, and
//! libpri sends SERVICE only when its user wants it. What the exchanges expect (AT&T TR 41459 has an annex on it) was not at hand; SERVICE of
//! the far end is answered and followed (`block.rs`).

use std::time::Instant;

use super::d_channel::DChannel;
use super::{Interface, InterfaceTimer, REESTABLISH};
use crate::event::Event;
use crate::q921;
use crate::q931::Timer;
use crate::q931::call::Call;

impl Interface {
    /// Sets up the link of one span's D-channel, if it has one that may be up.
    pub(super) fn establish(&mut self, now: Instant, interface: u8) {
        if !self.started || self.lines_down.contains(&interface) {
            return;
        }
        let Some(d_channel) = self.d_channels.get_mut(interface) else { return };
        if !d_channel.held && !d_channel.link.is_established() {
            self.timers.stop(InterfaceTimer::Reestablish(interface));
            d_channel.establish(now);
        }
    }

    pub(super) fn handle_link(&mut self, now: Instant, interface: u8, event: q921::Event) {
        let serves = self.context.addressing.serving == interface;
        match event {
            q921::Event::Established => self.d_channel_up(now, interface),
            q921::Event::Reset { lost } if serves => {
                for call in self.calls.values_mut() {
                    call.link_reset(now, lost, &mut self.context);
                }
                self.retry_restarts();
            }
            // Nothing was under way on it.
            q921::Event::Reset { .. } => {}
            q921::Event::Released => self.d_channel_down(now, interface),
            q921::Event::Data(message) => {
                self.follow(now, interface);
                self.assemble(now, &message);
            }
            // Call control on a point-to-point link uses acknowledged transfer only (Q.931 3, Q.921 5.2).
            q921::Event::UnitData(message) => {
                self.context.stats.unexpected_messages += 1;
                tracing::warn!("q931[{}]: unacknowledged message ignored: {message:02x?}", self.context.name);
            }
            // Counted and logged by the link, which has done what had to be done.
            q921::Event::Error(_) => {}
        }
    }

    fn d_channel_up(&mut self, now: Instant, interface: u8) {
        self.timers.stop(InterfaceTimer::Reestablish(interface));
        if let Some(d_channel) = self.d_channels.get_mut(interface) {
            d_channel.trying = false;
        }
        let serves = self.context.link_up && self.context.addressing.serving == interface;
        if serves && self.reinitialising {
            self.switched(now);
        } else if serves {
            self.service_begins(now, interface);
        } else if !self.context.link_up {
            self.choose(now);
        }
    }

    fn d_channel_down(&mut self, now: Instant, interface: u8) {
        let Some(d_channel) = self.d_channels.get_mut(interface) else { return };
        d_channel.trying = false;
        if !d_channel.held {
            self.try_again(now, interface);
        }
        if !self.context.link_up {
            self.choose(now);
        } else if self.context.addressing.serving == interface {
            self.switch_over(now, interface);
        } else {
            self.ask_after_stranded(now, interface);
        }
    }

    /// A D-channel that stands by is lost. A far end that left it by itself may keep the calls there that this end has not spoken of since, as
    /// libpri does: it is asked after them where it can hear.
    fn ask_after_stranded(&mut self, now: Instant, lost: u8) {
        let stranded = |call: &&mut Call| call.heard_on == lost;
        for call in self.calls.values_mut().filter(stranded) {
            if call.channel.is_none_or(|channel| !self.lines_down.contains(&channel.interface)) {
                call.link_reset(now, false, &mut self.context);
            }
        }
    }

    /// The next try of a link that is down.
    fn try_again(&mut self, now: Instant, interface: u8) {
        if self.started && !self.lines_down.contains(&interface) {
            self.timers.set(InterfaceTimer::Reestablish(interface), now + REESTABLISH);
        }
    }

    /// No D-channel serves: the best that is up does, unless a better one may be up at any moment.
    fn choose(&mut self, now: Instant) {
        let best = self.d_channels.iter().find(|d_channel| d_channel.trying || d_channel.link.is_established());
        if let Some(interface) = best.filter(|best| !best.trying).map(|best| best.interface) {
            self.service_begins(now, interface);
        }
    }

    /// The best D-channel that is up, other than `interface`.
    fn standby(&self, interface: u8) -> Option<u8> {
        let is_up = |d_channel: &&DChannel| d_channel.interface != interface && d_channel.link.is_established();
        self.d_channels.iter().find(is_up).map(|d_channel| d_channel.interface)
    }

    /// The D-channel in service failed (Q.931 F.2.2).
    fn switch_over(&mut self, now: Instant, failed: u8) {
        self.end_switch(now);
        let Some(next) = self.standby(failed) else { return self.service_ends(now) };
        tracing::warn!("q931[{}]: D-channel {failed} failed, {next} takes over", self.context.name);
        self.context.stats.switch_overs += 1;
        self.context.addressing.serving = next;
        self.context.switching = true;
        self.reinitialising = true;
        self.timers.set(InterfaceTimer::T321, now + self.context.timers.get(Timer::T321));
        self.timers.stop(InterfaceTimer::Reestablish(failed));
        if let Some(d_channel) = self.d_channels.get_mut(failed) {
            d_channel.hold(true);
        }
        if let Some(d_channel) = self.d_channels.get_mut(next) {
            d_channel.establish(now);
        }
    }

    /// The link that takes over was set up anew: the far end is asked after the calls, since what was on its way is lost. With no call to ask
    /// after there is nothing to wait for.
    fn switched(&mut self, now: Instant) {
        self.reinitialising = false;
        let mut asked = false;
        for call in self.calls.values_mut() {
            if call.channel.is_none_or(|channel| !self.lines_down.contains(&channel.interface)) {
                call.link_reset(now, true, &mut self.context);
            }
            asked |= call.timers.is_running(Timer::T322);
        }
        self.retry_restarts();
        self.tell_again(now);
        if !asked {
            self.end_switch(now);
        }
    }

    /// A message came in on this D-channel: it serves, and works.
    pub(super) fn follow(&mut self, now: Instant, interface: u8) {
        let serving = self.context.addressing.serving;
        if !self.context.link_up {
            return self.service_begins(now, interface);
        }
        if serving == interface {
            return self.end_switch(now);
        }
        tracing::info!("q931[{}]: the far end has gone from D-channel {serving} to {interface}", self.context.name);
        self.context.addressing.serving = interface;
        if self.reinitialising {
            self.switched(now);
        }
        self.end_switch(now);
    }

    /// The far end takes the D-channel in service out of use: the best that is up serves.
    pub(super) fn leave(&mut self, now: Instant, interface: u8) {
        let serves = self.context.link_up && self.context.addressing.serving == interface;
        if let Some(next) = self.standby(interface).filter(|_| serves) {
            self.follow(now, next);
        }
    }

    /// It is certain which D-channel serves: T321 stops, and the one that failed may come back.
    fn end_switch(&mut self, now: Instant) {
        self.timers.stop(InterfaceTimer::T321);
        self.context.switching = false;
        self.reinitialising = false;
        let held: Vec<u8> = self.d_channels.iter().filter(|one| one.held).map(|one| one.interface).collect();
        for interface in held {
            if let Some(d_channel) = self.d_channels.get_mut(interface) {
                d_channel.hold(false);
            }
            self.try_again(now, interface);
        }
    }

    /// The far end says nothing on the D-channel that took over: all of them are set up anew (Q.931 F.2.2).
    pub(super) fn t321_expired(&mut self, now: Instant) {
        tracing::warn!("q931[{}]: T321: no answer on D-channel {}", self.context.name, self.context.addressing.serving);
        self.end_switch(now);
        self.service_ends(now);
        for d_channel in self.d_channels.iter_mut().filter(|one| !self.lines_down.contains(&one.interface)) {
            self.timers.stop(InterfaceTimer::Reestablish(d_channel.interface));
            d_channel.establish(now);
        }
    }

    fn service_begins(&mut self, now: Instant, interface: u8) {
        self.context.addressing.serving = interface;
        self.context.link_up = true;
        self.schedule_audit(now);
        self.context.event(Event::LinkUp);
        let group = self.context.addressing.group;
        for call in self.calls.values_mut() {
            // A link that is up shows that its own span carries something, whatever is still said of layer 1.
            let line_up = !group || call.channel.is_none_or(|channel| !self.lines_down.contains(&channel.interface));
            call.link_back(now, line_up, &mut self.context);
        }
        self.retry_restarts();
        self.tell_all_blocked(now);
    }

    fn service_ends(&mut self, now: Instant) {
        self.context.link_up = false;
        self.timers.stop(InterfaceTimer::Audit);
        self.context.event(Event::LinkDown);
        for call in self.calls.values_mut() {
            call.link_lost(now, &mut self.context);
        }
    }
}
