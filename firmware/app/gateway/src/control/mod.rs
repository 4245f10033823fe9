//! The control API: HTTP and JSON over a Unix socket, the only way into junctord (`model::api` has its words).
//!
//! Who calls is told by SO_PEERCRED ([`caller`]); what each caller may do is checked in one place before the route runs.

mod caller;
mod events;
mod fault;
mod monitor_routes;
mod routes;
mod span_routes;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use model::api::Event;
use tokio::net::UnixListener;
use tokio::sync::broadcast;

use crate::capture::Capture;
use crate::engine_task::Inputs;
use crate::options::Configuration;
use crate::shutdown::Stop;
use crate::sound::Sound;
use crate::spans::Spans;
use crate::store::{QualityStore, Store};
use caller::Caller;

/// What the routes work with.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    inputs: Inputs,
    events: broadcast::Sender<Event>,
    store: Store,
    quality: QualityStore,
    capture: Capture,
    spans: Spans,
    sound: Sound,
    /// The document that the box runs with: a span that is configured anew changes it.
    configuration: Arc<Mutex<Configuration>>,
    stop: Stop,
}

/// The other parts of junctord that the control API needs.
pub(crate) struct Parts {
    pub(crate) inputs: Inputs,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) store: Store,
    pub(crate) quality: QualityStore,
    pub(crate) capture: Capture,
    pub(crate) spans: Spans,
    pub(crate) sound: Sound,
    pub(crate) configuration: Configuration,
    pub(crate) stop: Stop,
}

impl Control {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { inputs, events, store, quality, capture, spans, sound, configuration, stop } = parts;
        Self { inputs, events, store, quality, capture, spans, sound, configuration: Arc::new(Mutex::new(configuration)), stop }
    }

    /// Binds the socket and serves it until the process ends. A socket file that nobody listens on is replaced.
    pub(crate) async fn serve(self, path: &Path) -> Result<(), String> {
        let listener = bind(path).await?;
        let service = routes::router(self).into_make_service_with_connect_info::<Caller>();
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!("control{{serving}}: {error}");
            }
        });
        Ok(())
    }
}

async fn bind(path: &Path) -> Result<UnixListener, String> {
    let shown = path.display();
    if tokio::net::UnixStream::connect(path).await.is_ok() {
        return Err(format!(
            "control socket {shown} is in use: is another junctord running? stop it, or give --control another path"
        ));
    }
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path).map_err(|error| format!("cannot listen on control socket {shown}: {error}"))?;
    // Everybody on the box may look; what a caller may do is decided per caller, not by the file's mode.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))
        .map_err(|error| format!("cannot set the mode of {shown}: {error}"))?;
    Ok(listener)
}
