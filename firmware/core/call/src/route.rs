//! The simplest routing: the called number's prefix chooses the trunk, first match wins.
//!
//! Numbering plans, policies and trunk choice of a later stage replace what is inside [`Router::route`], not its place.

use model::settings;

use crate::words::{Number, PeerId, SpanId};

/// Where calls come from and go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trunk {
    /// A span.
    Span(SpanId),
    /// A SIP peer.
    Peer(PeerId),
    /// A SIP source that is no configured peer.
    Unknown,
}

/// Where a call goes and what number it asks for there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The trunk.
    pub trunk: Trunk,
    /// The called number as the trunk gets it.
    pub called: Number,
}

/// Routes of the configuration, names resolved.
#[derive(Debug, Default)]
pub struct Router {
    routes: Vec<(Option<Trunk>, settings::Route, Trunk)>,
}

impl Router {
    /// The routes of a validated document. A route that names no trunk of it is left out.
    #[must_use]
    pub fn new(settings: &settings::Settings) -> Self {
        let routes = settings.routes.iter().filter_map(|route| {
            let from = match route.from.as_deref() {
                None => None,
                Some(name) => Some(resolve(settings, name)?),
            };
            Some((from, route.clone(), resolve(settings, &route.to)?))
        });
        Self { routes: routes.collect() }
    }

    /// Where a call from `from` to `called` goes; `None` when no route matches.
    #[must_use]
    pub fn route(&self, from: Trunk, called: &Number) -> Option<Destination> {
        let text = called.to_string();
        let matches = |(only, route, _): &&(Option<Trunk>, settings::Route, Trunk)| {
            only.is_none_or(|only| only == from) && text.starts_with(&route.prefix)
        };
        let (_, route, trunk) = self.routes.iter().find(matches)?;
        let kept: String = text.chars().skip(usize::from(route.strip)).collect();
        Some(Destination { trunk: *trunk, called: Number::from(format!("{}{kept}", route.add).as_str()) })
    }

    /// Whether a longer number that begins with `called` could have a route.
    #[must_use]
    pub fn may_lead_on(&self, from: Trunk, called: &Number) -> bool {
        let text = called.to_string();
        self.routes.iter().any(|(only, route, _)| only.is_none_or(|only| only == from) && route.prefix.starts_with(&text))
    }
}

fn resolve(settings: &settings::Settings, name: &str) -> Option<Trunk> {
    let span = settings.spans.iter().position(|span| span.name == name).map(|i| Trunk::Span(SpanId(i)));
    let peer = || settings.peers.iter().position(|peer| peer.name == name).map(|i| Trunk::Peer(PeerId(i)));
    span.or_else(peer).or_else(|| (name == "unknown").then_some(Trunk::Unknown))
}
