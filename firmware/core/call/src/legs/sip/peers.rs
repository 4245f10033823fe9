//! The configured peers: how each is reached, which one a message comes from, and whether it answers pings.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use model::settings::{self, DiversionHeader, ListenAddress, Settings, SipTransport};
use sansio::Timers;
use sip::{Endpoint, Flow, PingId, Transport, Uri};

use crate::route::Trunk;
use crate::words::PeerId;

/// A peer and how it is reached.
#[derive(Debug)]
struct Peer {
    settings: settings::Peer,
    flow: Option<Flow>,
    reachable: Option<bool>,
}

/// Every configured peer.
#[derive(Debug)]
pub(super) struct Peers {
    peers: Vec<Peer>,
    pings: HashMap<PingId, PeerId>,
    timers: Timers<PeerId>,
    changed: BTreeSet<PeerId>,
}

impl Peers {
    pub(super) fn new(settings: &Settings) -> Self {
        let peers = settings.peers.iter().map(|peer| Peer {
            flow: flow_to(&peer.address, &settings.sip.listen),
            settings: peer.clone(),
            reachable: None,
        });
        Self { peers: peers.collect(), pings: HashMap::new(), timers: Timers::new(), changed: BTreeSet::new() }
    }

    /// The way to a peer; `None` when no listening address suits it.
    pub(super) fn flow(&self, id: PeerId) -> Option<Flow> {
        self.peers.get(id.0)?.flow
    }

    /// How a peer is told of diversions.
    pub(super) fn diversion_header(&self, id: PeerId) -> DiversionHeader {
        self.peers.get(id.0).map(|peer| peer.settings.diversion_header).unwrap_or_default()
    }

    /// The trunk that a flow comes from: the peer of its address and port, else of its address alone.
    pub(super) fn trunk_of(&self, flow: Flow) -> Trunk {
        let speaks = |peer: &&Peer| transport(peer.settings.address.transport) == flow.transport;
        let exact = |peer: &Peer| peer.settings.address.address == flow.remote;
        let host = |peer: &Peer| peer.settings.address.address.ip() == flow.remote.ip();
        let position = |test: &dyn Fn(&Peer) -> bool| self.peers.iter().position(|peer| speaks(&peer) && test(peer));
        position(&exact).or_else(|| position(&host)).map_or(Trunk::Unknown, |index| Trunk::Peer(PeerId(index)))
    }

    /// Whether a peer answered its last ping; `None` when it is not pinged or has not been yet.
    pub(super) fn reachable(&self, id: PeerId) -> Option<bool> {
        self.peers.get(id.0)?.reachable
    }

    /// A peer whose reachability changed.
    pub(super) fn poll_changed(&mut self) -> Option<PeerId> {
        self.changed.pop_first()
    }

    /// When [`Peers::ping_due`] is wanted.
    pub(super) fn next_ping(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    /// Pings every peer that wants it, from now on.
    pub(super) fn ping_all(&mut self, now: Instant, endpoint: &mut Endpoint) {
        for index in 0..self.peers.len() {
            self.ping(now, PeerId(index), endpoint);
        }
    }

    /// Pings the peers whose time has come.
    pub(super) fn ping_due(&mut self, now: Instant, endpoint: &mut Endpoint) {
        while let Some(peer) = self.timers.expire(now) {
            self.ping(now, peer, endpoint);
        }
    }

    fn ping(&mut self, now: Instant, id: PeerId, endpoint: &mut Endpoint) {
        let Some(peer) = self.peers.get(id.0) else { return };
        let (Some(flow), 1..) = (peer.flow, peer.settings.options_seconds) else { return };
        self.timers.set(id, now + Duration::from_secs(peer.settings.options_seconds.into()));
        let ping = endpoint.options(now, flow, Uri::sip_at(None, flow.remote));
        self.pings.insert(ping, id);
    }

    /// A ping is decided.
    pub(super) fn pinged(&mut self, ping: PingId, reachable: bool) {
        let Some(id) = self.pings.remove(&ping) else { return };
        let Some(peer) = self.peers.get_mut(id.0) else { return };
        if peer.reachable != Some(reachable) {
            tracing::info!("sip[{}]{{{}}}: OPTIONS", peer.settings.name, if reachable { "reachable" } else { "unreachable" });
            peer.reachable = Some(reachable);
            self.changed.insert(id);
        }
    }
}

/// The flow to a peer: by the listening address of its transport and family, the same address before another.
fn flow_to(peer: &ListenAddress, listen: &[ListenAddress]) -> Option<Flow> {
    let suits = |own: &&ListenAddress| own.transport == peer.transport && own.address.is_ipv4() == peer.address.is_ipv4();
    let same = listen.iter().filter(suits).find(|own| own.address.ip() == peer.address.ip());
    let own = same.or_else(|| listen.iter().find(suits))?;
    Some(Flow { transport: transport(peer.transport), local: own.address, remote: peer.address })
}

const fn transport(transport: SipTransport) -> Transport {
    match transport {
        SipTransport::Udp => Transport::Udp,
        SipTransport::Tcp => Transport::Tcp,
    }
}
