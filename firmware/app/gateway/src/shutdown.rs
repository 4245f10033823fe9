//! Stopping: by SIGTERM, SIGINT or the control API; calls are cleared before anything is closed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use crate::engine_task::Inputs;

/// How long clearing may take: Q.931 T308 and SIP's timers are longer, but nobody waits for a box that goes down.
const PATIENCE: Duration = Duration::from_secs(3);

/// Somebody asked junctord to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    asked: Arc<Notify>,
}

impl Stop {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Asks for a stop.
    pub(crate) fn request(&self) {
        self.asked.notify_one();
    }

    /// Waits until somebody asked, or a signal came.
    pub(crate) async fn requested(&self) {
        let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
            return self.asked.notified().await;
        };
        tokio::select! {
            () = self.asked.notified() => tracing::info!("junctord{{running}}: stop asked for by the control API"),
            _ = terminate.recv() => tracing::info!("junctord{{running}}: SIGTERM"),
            _ = interrupt.recv() => tracing::info!("junctord{{running}}: SIGINT"),
        }
    }
}

/// Hangs up every call and waits, for a bounded time, until they are over.
pub(crate) async fn clear_calls(inputs: &Inputs) {
    let give_up = Instant::now() + PATIENCE;
    let _ = inputs.ask(|task| task.hang_up_all("junctord is being stopped")).await;
    while Instant::now() < give_up {
        match inputs.ask(|task| task.calls().len()).await {
            Some(0) | None => return,
            Some(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    tracing::warn!("junctord{{stopping}}: calls were left after {PATIENCE:?}");
}
