//! The event loop: one thread, one `poll` over the span and the control socket.

use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::attach::{Attached, LineError};
use crate::audio::Clip;
use crate::control::{CallRequest, ClientId, Control, Request};
use crate::engine::{Engine, Order};
use crate::g711::Law;
use crate::report::Report;
use crate::stack::CallId;

/// The span is serviced at least so often: a user end looks for its network end by itself.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);
/// How long a shutdown waits for the far end to release the calls.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);
/// How long the last RELEASE COMPLETE has to cross the D-channel, which carries 80 octets a tick, before the span is closed.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Runs until a `shutdown` request, or until the span itself breaks.
pub fn run(line: &mut dyn Attached, mut engine: Engine, mut control: Control) -> Result<(), LineError> {
    let mut ends_at: Option<Instant> = None;
    loop {
        let now = Instant::now();
        for event in line.service(now, &mut engine)? {
            eprintln!("span: {event}");
        }
        for (client, request) in control.service() {
            let wants_end = request == Ok(Request::Shutdown);
            obey(now, client, request, line, &mut engine, &mut control);
            if wants_end {
                ends_at.get_or_insert(now + SHUTDOWN_PATIENCE);
            }
        }
        line.send_frames(&mut engine)?;
        tell_all(&mut engine, &mut control);
        if engine.is_idle() {
            ends_at = ends_at.map(|at| at.min(now + LAST_WORDS));
        }
        if ends_at.is_some_and(|at| now >= at) {
            return Ok(());
        }
        sleep(line, &engine, &control);
    }
}

fn tell_all(engine: &mut Engine, control: &mut Control) {
    while let Some(report) = engine.poll_report() {
        control.tell(&report);
    }
}

fn obey(
    now: Instant,
    client: ClientId,
    request: Result<Request, String>,
    line: &mut dyn Attached,
    engine: &mut Engine,
    control: &mut Control,
) {
    let answer = match request {
        Ok(Request::Call(call)) => match place(now, call, line, engine) {
            Ok(call) => {
                control.own(call.0, client);
                return;
            }
            Err(reason) => Report::Refused { reason },
        },
        Ok(Request::Hangup { call, cause, user_user }) => {
            match engine.hangup(now, call, cause.unwrap_or(16), user_user.as_deref()) {
                Ok(()) => Report::Done,
                Err(reason) => Report::Error { reason },
            }
        }
        Ok(Request::Key { call, digits }) => match engine.key(call, &digits) {
            Ok(()) => Report::Done,
            Err(reason) => Report::Error { reason },
        },
        Ok(Request::Hold { call }) => match engine.hold(now, call) {
            Ok(()) => Report::Done,
            Err(reason) => Report::Error { reason },
        },
        Ok(Request::Retrieve { call }) => match engine.retrieve(now, call) {
            Ok(()) => Report::Done,
            Err(reason) => Report::Error { reason },
        },
        Ok(Request::Alarm { on, span }) => match line.cut(span, on) {
            Ok(()) => Report::Done,
            Err(error) => Report::Error { reason: error.to_string() },
        },
        Ok(Request::Restart { channel }) => {
            engine.restart(now, channel);
            Report::Done
        }
        Ok(Request::Service { channel, status }) => {
            engine.service(now, channel, status);
            Report::Done
        }
        Ok(Request::Watch) => {
            control.watch(client);
            Report::Done
        }
        Ok(Request::Status) => Report::Status(engine.status(line.alarms(), line.faults())),
        Ok(Request::Shutdown) => {
            engine.hangup_all(now);
            Report::Done
        }
        Err(reason) => Report::Error { reason },
    };
    control.answer(client, &answer);
}

fn place(now: Instant, call: CallRequest, line: &dyn Attached, engine: &mut Engine) -> Result<CallId, String> {
    match line.call_obstacle() {
        Some(obstacle) => Err(obstacle),
        None => engine.call(now, order(call, engine.law())?),
    }
}

fn order(call: CallRequest, law: Law) -> Result<Order, String> {
    let play = call.play.as_deref().map(|path| Clip::load(path, law)).transpose().map_err(|error| error.to_string())?;
    Ok(Order {
        first_digits: call.first_digits,
        called: call.called,
        calling: call.calling,
        withheld: call.withheld,
        data: call.data,
        name: call.name,
        redirecting: call.redirecting,
        channel: call.channel,
        play,
        echo: call.echo,
        record: call.record,
        record_early: call.record_early,
        clear_after: call.clear_after_ms.map(Duration::from_millis),
    })
}

/// Waits for the span, the control socket or the next timer.
fn sleep(line: &dyn Attached, engine: &Engine, control: &Control) {
    let wait = engine.time_to_timeout(Instant::now()).map_or(LONGEST_SLEEP, |due| due.min(LONGEST_SLEEP));
    let mut fds = line.wanted();
    fds.extend(control.readable_fds().into_iter().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
    // Rounded up: a timer that is not due yet would only make the loop spin.
    let timeout = PollTimeout::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::ZERO);
    match poll(&mut fds, timeout) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => eprintln!("cannot poll: {error}"),
    }
}
