//! The routes by which a call is listened to at the box's sound card.

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use call::words::CallId;
use model::api::CallState;

use super::Control;
use super::caller::Caller;
use super::fault::Problem;
use super::routes::engine_gone;
use crate::sound::Order;

/// Who listens to a call is written down whatever becomes of it.
pub(super) async fn begin(
    State(control): State<Control>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    headers: HeaderMap,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    tracing::info!("control{{serving}}: monitor of call {id} asked for by {}", caller.who(&headers));
    let cannot = |why: String| Problem::new(StatusCode::CONFLICT, "the call cannot be monitored", why);
    let call = control.inputs.ask(move |task| task.call(id)).await.ok_or_else(engine_gone)?;
    match call.map(|call| call.state) {
        Some(CallState::Answered) => {}
        Some(CallState::Setup | CallState::Ringing) => {
            return Err(cannot(format!("call {id} is not answered: wait until it is")));
        }
        Some(CallState::Clearing) | None => return Err(Problem::missing(format!("there is no call {id} that is not over"))),
    }
    let begun = control.sound.ask(|answer| Order::Monitor { call: CallId(id), answer }).await.ok_or_else(engine_gone)?;
    begun.map_err(cannot)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn end(
    State(control): State<Control>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    headers: HeaderMap,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    tracing::info!("control{{serving}}: end of the monitor of call {id} asked for by {}", caller.who(&headers));
    let ended = control.sound.ask(|answer| Order::EndMonitor { call: CallId(id), answer }).await.ok_or_else(engine_gone)?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing(format!("call {id} is not being monitored"))) }
}
