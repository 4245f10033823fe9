//! One span of the configuration: open, or why not, and when it is tried again.

use std::time::{Duration, Instant};

use model::api::SpanState;
use model::settings;
use tokio::sync::oneshot;

use tdm::dahdi::maintenance::Maintenance;

use super::Probe;

/// How soon a span whose device is missing is looked for again.
const MISSING: Duration = Duration::from_secs(2);
/// How soon a span that was refused is tried again: another program may have let go of it.
const REFUSED: Duration = Duration::from_secs(10);

/// See the module's header.
pub(super) struct Place {
    settings: settings::Span,
    holding: Holding,
    /// The state told last.
    told: Option<SpanState>,
}

enum Holding {
    Closed {
        retry: Instant,
    },
    /// The media thread has it; a DAHDI span is looked at from here too.
    Open {
        watched: Option<Watched>,
    },
    /// The media thread was asked for it; these are waiting for it to be opened anew.
    Returning {
        waiting: Vec<oneshot::Sender<()>>,
    },
}

/// By what an open DAHDI span is looked at and maintained.
pub(super) struct Watched {
    pub(super) probe: Probe,
    pub(super) maintenance: Maintenance,
}

/// What is to be done about another configuration.
pub(super) enum Next {
    /// Ask the media thread for the span.
    Fetch,
    /// Open it now, then answer.
    Open(oneshot::Sender<()>),
    /// It is on its way back already.
    Wait,
}

impl Place {
    pub(super) fn new(settings: settings::Span) -> Self {
        Self { settings, holding: Holding::Closed { retry: Instant::now() }, told: None }
    }

    pub(super) const fn settings(&self) -> &settings::Span {
        &self.settings
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        matches!(self.holding, Holding::Closed { retry } if now >= retry)
    }

    /// By which it is looked at, while it is open.
    pub(super) fn probe(&self) -> Option<&Probe> {
        match &self.holding {
            Holding::Open { watched } => watched.as_ref().map(|watched| &watched.probe),
            Holding::Closed { .. } | Holding::Returning { .. } => None,
        }
    }

    /// The same with its loops and tests.
    pub(super) fn watched(&mut self) -> Option<&mut Watched> {
        match &mut self.holding {
            Holding::Open { watched } => watched.as_mut(),
            Holding::Closed { .. } | Holding::Returning { .. } => None,
        }
    }

    pub(super) fn opened(&mut self, watched: Option<Watched>) {
        self.holding = Holding::Open { watched };
    }

    pub(super) fn failed(&mut self, now: Instant, state: &SpanState) {
        let wait = if matches!(state, SpanState::Missing { .. }) { MISSING } else { REFUSED };
        self.holding = Holding::Closed { retry: now + wait };
    }

    /// Whether this state is another than the one told last; logs it then.
    pub(super) fn is_news(&mut self, state: &SpanState) -> bool {
        if self.told.as_ref() == Some(state) {
            return false;
        }
        let name = &self.settings.name;
        match state {
            SpanState::Running => tracing::info!("spans[{name}]{{opening}}: open"),
            SpanState::Missing { why } => {
                tracing::warn!("spans[{name}]{{opening}}: missing: {why}; it is taken into use when it is there")
            }
            SpanState::Failed { why, cure } => tracing::error!("spans[{name}]{{opening}}: {why}: {cure}"),
        }
        self.told = Some(state.clone());
        true
    }

    /// The media thread gave it back. Whoever waits for it to be opened anew; `None` when nobody asked for it: its device is gone.
    pub(super) fn returned(&mut self, now: Instant) -> Option<Waiting> {
        match std::mem::replace(&mut self.holding, Holding::Closed { retry: now + MISSING }) {
            Holding::Returning { waiting } => Some(Waiting(waiting)),
            Holding::Closed { .. } | Holding::Open { .. } => None,
        }
    }

    /// Another configuration; what is there is opened with it.
    pub(super) fn configure(&mut self, settings: settings::Span, answer: oneshot::Sender<()>) -> Next {
        self.settings = settings;
        // The engine begins anew with it: what was told before is forgotten there.
        self.told = None;
        match &mut self.holding {
            Holding::Closed { .. } => Next::Open(answer),
            Holding::Returning { waiting } => {
                waiting.push(answer);
                Next::Wait
            }
            Holding::Open { .. } => {
                self.holding = Holding::Returning { waiting: vec![answer] };
                Next::Fetch
            }
        }
    }
}

/// Those who wait for a span to be opened anew.
pub(super) struct Waiting(Vec<oneshot::Sender<()>>);

impl Waiting {
    /// Tells them; they may have gone away.
    pub(super) fn answer(self) {
        for answer in self.0 {
            let _ = answer.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        let span = settings::read_span("[[span]]\nname = \"a\"\nback_end.dahdi = { hardware = \"A1/1\" }\n").span.unwrap();
        Place::new(span)
    }

    fn missing() -> SpanState {
        SpanState::Missing { why: "no device A1/1".into() }
    }

    #[test]
    fn state_told_twice_is_news_once_and_again_after_another_configuration() {
        let mut place = place();
        assert!(place.is_news(&missing()));
        assert!(!place.is_news(&missing()));
        let (answer, _wait) = oneshot::channel();
        assert!(matches!(place.configure(place.settings().clone(), answer), Next::Open(_)));
        assert!(place.is_news(&missing()));
    }

    #[test]
    fn missing_span_is_due_again_after_two_seconds_and_a_refused_one_after_ten() {
        let (mut place, now) = (place(), Instant::now());
        place.failed(now, &missing());
        assert_eq!((place.is_due(now + Duration::from_millis(1900)), place.is_due(now + MISSING)), (false, true));
        place.failed(now, &SpanState::Failed { why: String::new(), cure: String::new() });
        assert_eq!((place.is_due(now + MISSING), place.is_due(now + REFUSED)), (false, true));
    }

    #[test]
    fn span_given_back_unasked_is_closed_and_one_asked_for_has_those_who_wait() {
        let (mut place, now) = (place(), Instant::now());
        place.opened(None);
        assert!(place.returned(now).is_none());
        assert!(place.is_due(now + MISSING), "it is looked for again");
        place.opened(None);
        let (first, mut first_wait) = oneshot::channel();
        let (second, mut second_wait) = oneshot::channel();
        assert!(matches!(place.configure(place.settings().clone(), first), Next::Fetch));
        assert!(matches!(place.configure(place.settings().clone(), second), Next::Wait));
        place.returned(now).unwrap().answer();
        assert_eq!((first_wait.try_recv(), second_wait.try_recv()), (Ok(()), Ok(())));
    }
}
