//! The back-to-back controller: joins an incoming leg to an outgoing one and sees both to their end.
//!
//! It speaks only the neutral words. Each leg owns its channel or dialog until it says Released; the controller
//! never frees what a leg still holds, and a call is over only when both legs are and the media threads have closed its audio.
//!
//! **How to drive it**: `handle_word` and `handle_media`, then drain [`Controller::poll_order`] and
//! [`Controller::poll_event`]. [`crate::Engine`] does.

mod call;
mod clearing;
mod digits;
mod hold;
mod progress;
mod setup;
mod tones;
mod view;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use media::{Codec, Direction, Format, Offer};
use model::api;
use model::settings::{self, Settings};
use sansio::Timers;

use crate::ports::PortPool;
use crate::route::{Router, Trunk};
use crate::words::{Bearer, CallId, FromLeg, LegId, MediaCommand, MediaReport, PeerId, Release, Setup, ToLeg};
use call::{Call, Path};
pub use view::WallClock;

/// The controller's own timers. A leg's protocol timers are its own business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    /// An outgoing leg to a SIP peer must have reacted by then, if only by 100.
    Reaction,
    /// The called side may be alerted this long without an answer (`sip.ring_seconds`; Q.931 T301).
    Ring,
    /// The media threads must have closed the call's audio by then, or it is over without their figures.
    MediaClose,
}

/// How long a SIP peer may take to react to an INVITE. Its timer B would allow 32 s (RFC 3261 17.1.1.2), but a network's T310 clears a
/// call from ISDN 10 s after CALL PROCEEDING (Q.931 table 9-1), and a caller's server should try another way before.
const REACTION: Duration = Duration::from_secs(8);

/// How long the media threads may take to close a call's audio.
const MEDIA_CLOSE: Duration = Duration::from_secs(1);

/// What the controller wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Start an outgoing leg.
    Originate {
        /// Its new id.
        leg: LegId,
        /// Where to.
        trunk: Trunk,
        /// With what.
        setup: Box<Setup>,
    },
    /// Tell a leg something.
    Tell {
        /// The leg.
        leg: LegId,
        /// The word.
        word: ToLeg,
    },
    /// Tell the media threads something.
    Media(MediaCommand),
}

/// What the controller tells the box.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A call began or changed.
    Changed(CallId),
    /// A call is over.
    Ended(Box<api::CallRecord>),
    /// Something for the call's ladder that no leg's message shows.
    Note {
        /// The call.
        call: CallId,
        /// When the call came in.
        started: Instant,
        /// What happened.
        text: String,
    },
}

/// Joins legs to calls. See the module header.
#[derive(Debug)]
pub struct Controller {
    router: Router,
    names: Names,
    peers: Vec<settings::Peer>,
    media_address: IpAddr,
    ring: Duration,
    clock: WallClock,
    ports: PortPool,
    calls: BTreeMap<CallId, Call>,
    legs: HashMap<LegId, CallId>,
    timers: Timers<(CallId, Timer)>,
    next_call: u64,
    orders: VecDeque<Order>,
    events: VecDeque<Event>,
    counters: Counters,
}

/// Calls since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// That came in.
    pub calls: u64,
    /// That were answered.
    pub answered: u64,
    /// That ended.
    pub ended: u64,
    /// RTP and RTCP packets of ended calls that could not be understood.
    pub malformed_rtp: u64,
}

/// Names of trunks as people see them.
#[derive(Debug)]
struct Names {
    spans: Vec<String>,
    peers: Vec<String>,
}

impl Controller {
    /// A controller for a validated configuration. Call numbers begin at `first_call`.
    #[must_use]
    pub fn new(settings: &Settings, clock: WallClock, first_call: u64) -> Self {
        let names = Names {
            spans: settings.spans.iter().map(|span| span.name.clone()).collect(),
            peers: settings.peers.iter().map(|peer| peer.name.clone()).collect(),
        };
        Self {
            router: Router::new(settings),
            names,
            peers: settings.peers.clone(),
            media_address: settings.media.address,
            ring: Duration::from_secs(settings.sip.ring_seconds.into()),
            clock,
            ports: PortPool::new(settings.media.first_port, settings.media.last_port),
            calls: BTreeMap::new(),
            legs: HashMap::new(),
            timers: Timers::new(),
            next_call: first_call,
            orders: VecDeque::new(),
            events: VecDeque::new(),
            counters: Counters::default(),
        }
    }

    /// A word from a leg. `trunk` is the leg's; `new_leg` gives ids to outgoing legs.
    pub fn handle_word(&mut self, now: Instant, leg: LegId, trunk: Trunk, word: FromLeg, new_leg: &mut dyn FnMut() -> LegId) {
        if let FromLeg::Setup(setup) = word {
            self.begin(now, leg, trunk, *setup, new_leg());
            return;
        }
        let Some(id) = self.legs.get(&leg).copied() else {
            tracing::debug!("controller{{idle}}: {word:?} from leg {} that is in no call", leg.0);
            return;
        };
        let Some(mut call) = self.calls.remove(&id) else { return };
        self.advance(now, &mut call, leg, word);
        self.keep(now, call);
    }

    fn advance(&mut self, now: Instant, call: &mut Call, leg: LegId, word: FromLeg) {
        if !call.is_from(leg) {
            self.timers.stop((call.id, Timer::Reaction));
        }
        match word {
            // A leg is set up once; the case is handled before.
            FromLeg::Setup(_) | FromLeg::Proceeding => {}
            FromLeg::NeedDigits => self.tell(call.from.id, ToLeg::NeedDigits),
            FromLeg::MoreDigits { digits, complete, media } => self.more_digits(call, leg, digits, complete, media),
            FromLeg::Alerting(progressing) => self.alerting(now, call, leg, &progressing),
            FromLeg::Progress(progressing) => self.progress(now, call, leg, &progressing),
            FromLeg::Answer(answered) => self.answer(now, call, leg, &answered),
            FromLeg::ChannelReady(terminal) => {
                if let Some(leg) = call.leg_mut(leg) {
                    leg.settle(terminal);
                }
                self.open_path(call);
            }
            FromLeg::PartyUpdate(party) => Self::party_update(call, leg, party),
            FromLeg::Keypad(digits) => self.keypad(call, leg, digits),
            FromLeg::Digit { digit, ms } => self.digit(call, leg, digit, ms),
            FromLeg::Flash => self.flash(call, leg),
            FromLeg::DigitRefused { digit, reason } => self.digit_lost(call, digit, &reason),
            FromLeg::MediaOffer(offer) => self.media_offer(call, leg, &offer),
            FromLeg::MediaAnswer(agreed) => self.media_answer(call, leg, &agreed),
            FromLeg::HoldRequest => self.hold_request(call, leg),
            FromLeg::RetrieveRequest(terminal) => self.retrieve_request(call, leg, terminal),
            FromLeg::Clearing(release) => self.clear(now, call, Some(leg), release),
            FromLeg::Released(release) => self.released(now, call, leg, release),
        }
    }

    /// Puts a call back, or ends it when nothing is left to wait for. A caller who hears why his call failed is no reason to wait with
    /// its record.
    fn keep(&mut self, now: Instant, mut call: Call) {
        let id = call.id;
        if !call.recorded && call.is_over_but_for_its_tone() {
            self.write_record(now, &mut call);
        }
        if call.is_finished() {
            self.forget(&call);
            return;
        }
        if !call.recorded {
            self.events.push_back(Event::Changed(id));
        }
        self.calls.insert(id, call);
    }

    /// A report from the media threads.
    pub fn handle_media(&mut self, now: Instant, report: MediaReport) {
        let id = match &report {
            MediaReport::Started { call }
            | MediaReport::Failed { call, .. }
            | MediaReport::Note { call, .. }
            | MediaReport::Digit { call, .. }
            | MediaReport::Closed { call, .. } => *call,
        };
        let Some(mut call) = self.calls.remove(&id) else { return };
        match report {
            MediaReport::Started { .. } => self.note(&call, "audio path open".into()),
            MediaReport::Note { text, .. } => self.note(&call, format!("audio: {text}")),
            MediaReport::Digit { from, digit, ms, .. } => self.heard(&call, from, digit, ms),
            // Q.850 cause 47: a resource of ours is missing.
            MediaReport::Failed { reason, .. } => {
                let release = Release::by_box(47, format!("audio could not be opened: {reason}"));
                self.clear_in_silence(now, &mut call, None, release);
            }
            MediaReport::Closed { quality, .. } => {
                self.timers.stop((id, Timer::MediaClose));
                self.counters.malformed_rtp += quality.map_or(0, |quality| quality.malformed);
                // That of a tone has none.
                call.quality = call.quality.or(quality);
                call.path = Path::Closed;
            }
        }
        self.keep(now, call);
    }

    /// Runs the controller's own timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((id, timer)) = self.timers.expire(now) {
            let Some(mut call) = self.calls.remove(&id) else { continue };
            match timer {
                Timer::Ring => self.ring_expired(now, &mut call),
                Timer::Reaction => self.reaction_expired(now, &mut call),
                Timer::MediaClose => {
                    tracing::warn!(
                        "controller[{id}]{{{:?}}}: media threads did not close the audio within {MEDIA_CLOSE:?}",
                        call.state
                    );
                    call.path = Path::Closed;
                }
            }
            self.keep(now, call);
        }
    }

    /// Next order. Drain after every `handle_*` call.
    pub fn poll_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// Next event. Drain after every `handle_*` call.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Controller::handle_timeout`] is wanted.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    /// The call that a leg belongs to.
    #[must_use]
    pub fn call_of(&self, leg: LegId) -> Option<CallId> {
        self.legs.get(&leg).copied()
    }

    /// RTP ports that calls hold.
    #[must_use]
    pub fn ports_in_use(&self) -> usize {
        self.ports.in_use()
    }

    /// Counters since the start.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    fn note(&mut self, call: &Call, text: String) {
        self.events.push_back(Event::Note { call: call.id, started: call.started, text });
    }

    fn tell(&mut self, leg: LegId, word: ToLeg) {
        self.orders.push_back(Order::Tell { leg, word });
    }

    fn peer(&self, trunk: Trunk) -> Option<&settings::Peer> {
        match trunk {
            Trunk::Peer(PeerId(index)) => self.peers.get(index),
            Trunk::Span(_) | Trunk::Unknown => None,
        }
    }

    /// What we offer to, or answer, the SIP side of `trunk` in a call that carries `bearer`.
    fn our_offer(&self, trunk: Trunk, port: u16, bearer: &Bearer) -> Offer {
        let peer = self.peer(trunk);
        let address = (self.media_address, port).into();
        let ptime_ms = peer.map_or(20, |peer| peer.ptime_ms);
        match bearer {
            Bearer::Speech | Bearer::Audio31 => {}
            Bearer::Data { .. } => return Offer::clear_channel(address, ptime_ms),
        }
        let codecs: Vec<Codec> =
            peer.map_or_else(|| vec![Codec::Pcma, Codec::Pcmu], |peer| peer.codecs.iter().copied().map(codec).collect());
        Offer {
            address,
            // It goes with G.711 only.
            comfort_noise: codecs.iter().any(|codec| codec.law().is_some()),
            formats: codecs.into_iter().map(Format::of).collect(),
            telephone_event: peer.is_some_and(|peer| peer.telephone_event).then_some(TELEPHONE_EVENT),
            ptime_ms,
            direction: Direction::SendRecv,
        }
    }
}

/// The payload type we give telephone events: the one most of the field uses (RFC 4733 leaves it dynamic).
const TELEPHONE_EVENT: u8 = 101;

const fn codec(codec: settings::Codec) -> Codec {
    match codec {
        settings::Codec::Pcma => Codec::Pcma,
        settings::Codec::Pcmu => Codec::Pcmu,
        settings::Codec::G722 => Codec::G722,
    }
}
