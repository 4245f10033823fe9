//! ISDN legs: one [`isdn::Interface`] per primary rate span on one side, neutral words on the other.
//!
//! The channel of an incoming call is acknowledged by our first answer, that of an outgoing call by the far end's: only then
//! [`FromLeg::ChannelReady`] is said and media may open. Early audio is announced toward ISDN by progress indicator 8.

mod hold;
mod incomplete;
mod release;
mod status;
mod tones;
mod translate;

use std::collections::HashMap;
use std::time::Instant;

use isdn::ie::{NetworkSpecificFacilities, ProgressIndicator};
use isdn::q921::{Body, Frame};
use isdn::q931::{Message, MessageType};
use isdn::{CallId, CauseValue, Channel, ChannelState, Config, Event, Interface, Location, Nfas, NfasSpan, NotBlocked};
use model::settings::{self, Framing, NfasDChannel, Side, SwitchType};
use sansio::Timers;

use self::incomplete::Incomplete;
pub(super) use self::status::Shown;
use self::translate::{connected_from_isdn, connected_to_isdn, name_update, release_from_isdn, setup_to_isdn};
use super::{Out, Outgoing, Trace};
use crate::route::Trunk;
use crate::words::{FromLeg, LegId, Progressing, Release, Setup, SpanId, Terminal, ToLeg};

/// The cause in Q.850's words.
#[must_use]
pub const fn cause_text(cause: u8) -> &'static str {
    CauseValue(cause).name()
}

/// A further span of a group.
#[derive(Debug)]
pub(super) struct Member {
    /// Its interface identifier, 1 to 126.
    pub(super) interface: u8,
    pub(super) span: SpanId,
    pub(super) settings: settings::Span,
}

/// One primary rate span and its legs, or a group of spans that share D-channels: by the first span's name it is one trunk.
#[derive(Debug)]
pub struct IsdnSpan {
    /// The first span, interface 0.
    id: SpanId,
    settings: settings::Span,
    further: Vec<Member>,
    interface: Interface,
    started: bool,
    calls: HashMap<CallId, LegId>,
    legs: HashMap<LegId, CallId>,
    /// Call references in use or used last, for ladders: whether it is ours, and its value.
    references: HashMap<(bool, u16), LegId>,
    /// Why we end a leg, once we do: what Released then says.
    ending: HashMap<LegId, Release>,
    /// Incoming calls of which something is still to come: the controller has not heard of them.
    incomplete: HashMap<CallId, Incomplete>,
    /// How long each of them is waited for by its name.
    names: Timers<CallId>,
    link_failures: u64,
    changed: bool,
}

const fn variant(switch_type: SwitchType) -> isdn::Variant {
    match switch_type {
        SwitchType::EuroIsdn => isdn::Variant::EuroIsdn,
        SwitchType::Ni2 => isdn::Variant::NationalIsdn2,
        SwitchType::Ni1 => isdn::Variant::NationalIsdn1,
        SwitchType::Dms100 => isdn::Variant::Dms100,
        SwitchType::FourEss => isdn::Variant::Att4Ess,
        SwitchType::FiveEss => isdn::Variant::Lucent5Ess,
        SwitchType::Qsig => isdn::Variant::Qsig,
        SwitchType::Ins1500 => isdn::Variant::Ins1500,
    }
}

/// The settings of a group's further spans.
fn group(further: &[Member], framing: isdn::Framing) -> Nfas {
    let span = |member: &Member| {
        let bearers_only = member.settings.nfas.as_ref().is_some_and(|nfas| nfas.d_channel == NfasDChannel::None);
        let span = if bearers_only {
            NfasSpan::bearers_only(member.interface, framing)
        } else {
            NfasSpan::with_backup(member.interface, framing)
        };
        NfasSpan { out_of_service: member.settings.out_of_service.clone(), ..span }
    };
    Nfas { spans: further.iter().map(span).collect() }
}

impl IsdnSpan {
    pub(super) fn new(id: SpanId, settings: &settings::Span, further: Vec<Member>) -> Self {
        let side = match settings.side {
            Side::User => isdn::Side::User,
            Side::Network => isdn::Side::Network,
        };
        let framing = match settings.framing {
            // Only spans with signalling `pri` come here, and validation allows them no analog framing.
            Framing::E1 | Framing::Analog => isdn::Framing::E1,
            Framing::T1 => isdn::Framing::T1,
        };
        let mut config = Config::new(settings.name.clone(), side, framing);
        config.variant = variant(settings.switch_type);
        config.hold = settings.hold;
        config.out_of_service.clone_from(&settings.out_of_service);
        config.nfas = (!further.is_empty()).then(|| group(&further, framing));
        match settings.hunting {
            settings::Hunting::Auto => {}
            settings::Hunting::Ascending => config.hunting = isdn::Hunting::Ascending,
            settings::Hunting::Descending => config.hunting = isdn::Hunting::Descending,
            settings::Hunting::RoundRobin => config.hunting = isdn::Hunting::RoundRobin,
            settings::Hunting::LeastUsed => config.hunting = isdn::Hunting::LeastUsed,
            settings::Hunting::EvenFirst => config.hunting = isdn::Hunting::EvenFirst,
            settings::Hunting::OddFirst => config.hunting = isdn::Hunting::OddFirst,
        }
        Self {
            id,
            settings: settings.clone(),
            further,
            interface: Interface::new(config),
            started: false,
            calls: HashMap::new(),
            legs: HashMap::new(),
            references: HashMap::new(),
            ending: HashMap::new(),
            incomplete: HashMap::new(),
            names: Timers::new(),
            link_failures: 0,
            changed: false,
        }
    }

    /// The span of an interface identifier.
    fn span_of(&self, interface: u8) -> SpanId {
        self.further.iter().find(|member| member.interface == interface).map_or(self.id, |member| member.span)
    }

    const fn trunk(&self) -> Trunk {
        Trunk::Span(self.id)
    }

    /// Whether a call can be placed on it now.
    #[must_use]
    pub fn can_take_a_call(&self) -> bool {
        self.interface.link_up() && self.interface.channels().iter().any(isdn::ChannelStatus::is_free)
    }

    /// Whether this end of the D-channel is the network's.
    #[must_use]
    pub fn is_network_side(&self) -> bool {
        self.settings.side == Side::Network
    }

    /// Timeslots of a span that the far end has taken out of service.
    pub(super) fn out_at_far_end(&self, interface: u8) -> Vec<u8> {
        let out = self.interface.channels().iter().filter(|status| status.out_at_far_end);
        out.map(|status| status.channel).filter(|channel| channel.interface == interface).map(|channel| channel.slot).collect()
    }

    /// The same as it was before a restart.
    pub(super) fn recall_out_at_far_end(&mut self, interface: u8, timeslots: &[u8]) {
        self.interface.recall_out_at_far_end(timeslots.iter().map(|slot| Channel { interface, slot: *slot }));
        self.changed = true;
    }

    /// Legs that are not over.
    #[must_use]
    pub fn leg_count(&self) -> usize {
        self.legs.len()
    }

    /// B-channels that a call has.
    #[must_use]
    pub fn channels_in_use(&self) -> usize {
        self.interface.channels().iter().filter(|channel| matches!(channel.state, ChannelState::InUse(_))).count()
    }

    /// Frames and messages that could not be understood since the start.
    #[must_use]
    pub const fn malformed(&self) -> u64 {
        let stats = self.interface.stats();
        stats.link.malformed + stats.malformed
    }

    /// Takes the mark that link, alarms or channels changed.
    pub const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.changed, false)
    }

    /// Whether the line carries anything: the first report brings the link up.
    pub(super) fn handle_line(&mut self, now: Instant, interface: u8, up: bool, out: &mut Out) {
        if !self.started {
            // What has not been reported of yet carries nothing.
            for other in std::iter::once(0).chain(self.further.iter().map(|member| member.interface)) {
                self.interface.handle_layer1_on(now, other, false);
            }
        }
        self.interface.handle_layer1_on(now, interface, up);
        if !self.started {
            self.started = true;
            self.interface.start(now);
        }
        self.pump(now, out);
    }

    /// Takes a channel out of use that no call has.
    pub(super) fn block(&mut self, now: Instant, interface: u8, timeslot: u8, out: &mut Out) -> Result<(), NotBlocked> {
        self.interface.block(now, Channel { interface, slot: timeslot })?;
        self.pump(now, out);
        Ok(())
    }

    /// Gives it back.
    pub(super) fn unblock(&mut self, now: Instant, interface: u8, timeslot: u8, out: &mut Out) {
        self.interface.unblock(now, Channel { interface, slot: timeslot });
        self.pump(now, out);
    }

    /// RESTART for one B-channel, or for each: calls on them end with cause 41. The error says why not.
    pub(super) fn restart(
        &mut self,
        now: Instant,
        name: &str,
        interface: u8,
        timeslot: Option<u8>,
        out: &mut Out,
    ) -> Result<(), String> {
        if !self.interface.link_up() {
            return Err(format!("the D-channel of span {name} is down: nothing can be restarted over it"));
        }
        let all = self.interface.channels().iter().filter(|channel| channel.channel.interface == interface);
        let chosen: Vec<&isdn::ChannelStatus> =
            all.filter(|channel| timeslot.is_none_or(|wanted| channel.channel.slot == wanted)).collect();
        if let (Some(wanted), []) = (timeslot, chosen.as_slice()) {
            return Err(format!("timeslot {wanted} of span {name} is no B-channel"));
        }
        let blocked = |channel: &&isdn::ChannelStatus| channel.state == ChannelState::Blocked;
        if let (Some(wanted), Some(_)) = (timeslot, chosen.iter().copied().find(|channel| blocked(channel))) {
            return Err(format!("timeslot {wanted} of span {name} is taken out of use here"));
        }
        let reason = |slot: u8| format!("timeslot {slot} was restarted by the administrator");
        let slots: Vec<Channel> = chosen.iter().map(|channel| channel.channel).collect();
        for channel in chosen {
            if let ChannelState::InUse(call) = channel.state
                && let Some(leg) = self.calls.get(&call)
            {
                self.ending.insert(*leg, Release::by_box(CauseValue::TEMPORARY_FAILURE.0, reason(channel.channel.slot)));
            }
        }
        self.interface.restart(now, &slots);
        self.pump(now, out);
        Ok(())
    }

    pub(super) fn handle_frame(&mut self, now: Instant, interface: u8, frame: &[u8], out: &mut Out) {
        self.interface.handle_frame_on(now, interface, frame);
        // A SETUP makes its leg first, so that its own line finds it.
        self.take_events(now, out);
        self.forget_reused_reference(frame);
        self.trace(now, interface, frame, false, out);
        self.pump(now, out);
    }

    pub(super) fn handle_timeout(&mut self, now: Instant, out: &mut Out) {
        self.interface.handle_timeout(now);
        self.names_late(now, out);
        self.pump(now, out);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.interface.poll_timeout().into_iter().chain(self.names.next_deadline()).min()
    }

    /// Sends SETUP. A span without a free channel or without a link refuses with its cause.
    pub(super) fn originate(&mut self, now: Instant, leg: LegId, setup: &Setup, out: &mut Out) {
        match self.set_up(now, setup) {
            Ok(call) => {
                self.learn(call, leg);
                if self.dials_in_pieces(setup) {
                    self.say(call, FromLeg::NeedDigits, out);
                }
                self.pump(now, out);
            }
            Err(release) => out.say(leg, self.trunk(), FromLeg::Released(release)),
        }
    }

    fn set_up(&mut self, now: Instant, setup: &Setup) -> Result<CallId, Release> {
        let name = &self.settings.name;
        if !setup.called.is_dialable() {
            let reason = format!("\"{}\" is no number that span {name} can dial", setup.called);
            return Err(Release::by_box(CauseValue::INVALID_NUMBER_FORMAT.0, reason));
        }
        // Without a link there is no circuit for a new call: cause 34, which SIP hears as 503 and so tries another gateway
        // (cause 27 would be 502, RFC 4497 8.4.1).
        if !self.interface.link_up() {
            let reason = format!("the D-channel of span {name} is down");
            return Err(Release::by_box(CauseValue::NO_CHANNEL_AVAILABLE.0, reason));
        }
        let mut message = setup_to_isdn(setup);
        message.sending_complete = !self.dials_in_pieces(setup);
        let facility = |octet| NetworkSpecificFacilities { network: None, facility: vec![octet] };
        message.network_facilities = self.settings.network_facility.map(facility);
        self.interface.setup(now, message).map_err(|refused| {
            let reason = format!("span {name} takes no call: {}", refused.cause.name());
            Release::by_box(refused.cause.0, reason)
        })
    }

    const fn dials_in_pieces(&self, setup: &Setup) -> bool {
        self.settings.overlap_sending && setup.may_grow
    }

    fn learn(&mut self, call: CallId, leg: LegId) {
        self.calls.insert(call, leg);
        self.legs.insert(leg, call);
        if let Some(status) = self.interface.calls().find(|status| status.call == call) {
            self.references.insert((status.outgoing, status.reference), leg);
        }
        self.changed = true;
    }

    /// A word from the controller.
    pub(super) fn tell(&mut self, now: Instant, leg: LegId, word: ToLeg, out: &mut Out) {
        let Some(call) = self.legs.get(&leg).copied() else { return };
        match word {
            // Digits of an incoming call are collected here (overlap_receiving), and the number told is whole.
            ToLeg::NeedDigits => {}
            ToLeg::MoreDigits { digits, complete } => self.more_digits(now, call, &digits, complete),
            ToLeg::Proceeding => self.interface.proceeding(now, call, Vec::new()),
            ToLeg::Alerting(progressing) => self.interface.alerting(now, call, self.indicators(&progressing)),
            ToLeg::Progress(progressing) => {
                // PROGRESS without an indicator says nothing and is not allowed (Q.931 3.1.8).
                let indicators = self.indicators(&progressing);
                if !indicators.is_empty() {
                    self.interface.progress(now, call, indicators, None);
                }
            }
            ToLeg::Answer(answered) => self.interface.connect(now, call, connected_to_isdn(&answered)),
            ToLeg::Keypad(digits) => self.interface.key(now, call, &digits),
            // Digits for a line are tones on it, and TDM legs have no media to negotiate.
            ToLeg::Digit { .. } | ToLeg::MediaAnswer(_) => {}
            ToLeg::HoldResult(result) => self.hold_result(now, call, result),
            ToLeg::RetrieveResult(result) => self.retrieve_result(now, call, result),
            ToLeg::HoldRequest(_) => self.notify_of_hold(now, call, true),
            ToLeg::RetrieveRequest(_) => self.notify_of_hold(now, call, false),
            ToLeg::Release(release) => self.release(now, leg, call, release, false),
            ToLeg::ReleaseWithTone(release) => self.release(now, leg, call, release, true),
        }
        self.pump(now, out);
    }

    /// Where our causes and indicators arise: at the user, or in the private network that this box is to a PBX.
    const fn location(&self) -> Location {
        match self.settings.side {
            Side::User => Location::User,
            Side::Network => Location::PrivateLocal,
        }
    }

    fn indicators(&self, progressing: &Progressing) -> Vec<ProgressIndicator> {
        let in_band = ProgressIndicator::new(ProgressIndicator::IN_BAND, self.location());
        progressing.in_band.then_some(in_band).into_iter().collect()
    }

    /// Takes everything out of the interface.
    fn pump(&mut self, now: Instant, out: &mut Out) {
        self.take_events(now, out);
        for index in 0..=self.further.len() {
            let member = index.checked_sub(1).and_then(|index| self.further.get(index));
            let interface = member.map_or(0, |member| member.interface);
            while let Some(frame) = self.interface.poll_transmit_on(interface) {
                self.trace(now, interface, &frame, true, out);
                out.outgoing.push_back(Outgoing::Frame { span: self.span_of(interface), frame });
            }
        }
    }

    fn trace(&self, at: Instant, interface: u8, frame: &[u8], sent: bool, out: &mut Out) {
        let message = message(frame);
        let leg = message.as_ref().and_then(|message| self.leg_of(message, sent));
        let text = match (&message, information(frame)) {
            (Some(_), Some(info)) => isdn::decode::describe_message(info),
            _ => isdn::decode::describe(frame),
        };
        let span = self.span_of(interface);
        let bytes = Outgoing::Frame { span, frame: frame.to_vec() };
        out.traces.push_back(Trace { leg, at, sent, trunk: Trunk::Span(span), text, bytes });
    }

    /// The leg that a message belongs to, by its call reference (Q.931 4.3: the flag tells whose value it is).
    fn leg_of(&self, message: &Message, sent: bool) -> Option<LegId> {
        let reference = message.reference;
        let ours = reference.to_origin != sent;
        let names_a_call = !reference.is_dummy() && !reference.is_global();
        names_a_call.then(|| self.references.get(&(ours, reference.value)).copied()).flatten()
    }

    /// A SETUP that was refused at once makes no leg, though its call reference may be that of an ended one.
    fn forget_reused_reference(&mut self, frame: &[u8]) {
        let Some(message) = message(frame).filter(|message| message.message_type == MessageType::Setup) else { return };
        let reference = (false, message.reference.value);
        if self.references.get(&reference).is_some_and(|leg| !self.legs.contains_key(leg)) {
            self.references.remove(&reference);
        }
    }

    fn take_events(&mut self, now: Instant, out: &mut Out) {
        while let Some(event) = self.interface.poll_event() {
            self.event(now, event, out);
        }
    }

    fn event(&mut self, now: Instant, event: Event, out: &mut Out) {
        match event {
            Event::LinkUp | Event::DChannel { .. } | Event::ChannelService { .. } | Event::ChannelFreed { .. } => {
                self.changed = true
            }
            Event::LinkDown => {
                self.link_failures += 1;
                self.changed = true;
            }
            Event::Setup { call, setup, .. } => {
                let leg = out.new_leg();
                self.learn(call, leg);
                self.incoming(now, call, *setup, out);
            }
            Event::MoreDigits { call, digits, complete } => self.collect(call, &digits, complete, out),
            Event::ChannelReady { call, channel } => {
                self.changed = true;
                match self.incomplete.get_mut(&call) {
                    Some(incomplete) => incomplete.channel = Some(channel),
                    None => self.channel_ready(call, channel, out),
                }
            }
            Event::Proceeding { call, progress } => {
                let in_band = is_in_band(&progress);
                let word = if in_band { FromLeg::Progress(Progressing { in_band, media: None }) } else { FromLeg::Proceeding };
                self.say(call, word, out);
            }
            Event::Alerting { call, progress } => {
                self.say(call, FromLeg::Alerting(Progressing { in_band: is_in_band(&progress), media: None }), out);
            }
            Event::Progress { call, progress, .. } => {
                self.say(call, FromLeg::Progress(Progressing { in_band: is_in_band(&progress), media: None }), out);
            }
            Event::Information { call, keypad: Some(digits), .. } => self.say(call, FromLeg::Keypad(digits), out),
            Event::Connected { call, connected } => self.say(call, FromLeg::Answer(connected_from_isdn(&connected)), out),
            // Given up while it was dialled: nobody else will answer.
            Event::Clearing { call, cause, .. } if self.incomplete.contains_key(&call) => self.interface.clear(now, call, cause),
            Event::Clearing { call, cause, user_user, .. } => {
                self.say(call, FromLeg::Clearing(release_from_isdn(&cause, user_user.as_ref())), out);
            }
            Event::Released { call, cause, by, user_user, .. } => {
                self.released(call, release_from_isdn(&cause, user_user.as_ref()), by, out);
            }
            Event::Name { call, name, .. } if self.incomplete.contains_key(&call) => self.named(call, name, out),
            Event::Name { call, kind, name } => {
                if let Some(word) = name_update(kind, name) {
                    self.say(call, word, out);
                }
            }
            // Said when the call was placed: digits may come before the far end asks for them.
            // What is shown in a call, and what the far end's partner does, has no word.
            Event::NeedDigits { .. }
            | Event::Information { keypad: None, .. }
            | Event::Established { .. }
            | Event::Notify { .. } => {}
            Event::HoldRequested { call } => self.say(call, FromLeg::HoldRequest, out),
            Event::RetrieveRequested { call, channel } => self.retrieve_requested(call, channel, out),
            // The answers to HOLD and RETRIEVE of ours, which are never sent.
            Event::Held { .. } | Event::Retrieved { .. } => {}
        }
    }

    /// More of an outgoing call's number. Where the span does not dial in pieces SETUP said that the number was whole.
    fn more_digits(&mut self, now: Instant, call: CallId, digits: &str, complete: bool) {
        if self.settings.overlap_sending {
            self.interface.more_digits(now, call, digits, complete);
        }
    }

    fn channel_ready(&self, call: CallId, channel: Channel, out: &mut Out) {
        let terminal = Terminal::Channel { span: self.span_of(channel.interface), timeslot: channel.slot };
        self.say(call, FromLeg::ChannelReady(terminal), out);
    }

    fn say(&self, call: CallId, word: FromLeg, out: &mut Out) {
        if let Some(leg) = self.calls.get(&call) {
            out.say(*leg, self.trunk(), word);
        }
    }
}

/// The layer 3 part of an I frame.
fn information(frame: &[u8]) -> Option<&[u8]> {
    // Two octets of address and two of control (Q.921 3.3, 3.4); parsing tells whether it is an I frame.
    match Frame::parse(frame).ok()?.body {
        Body::Information { .. } => frame.get(4..),
        Body::Supervisory { .. } | Body::Unnumbered { .. } => None,
    }
}

fn message(frame: &[u8]) -> Option<Message> {
    Message::parse(information(frame)?).ok()
}

fn is_in_band(progress: &[ProgressIndicator]) -> bool {
    progress.iter().any(|indicator| indicator.is_in_band())
}
