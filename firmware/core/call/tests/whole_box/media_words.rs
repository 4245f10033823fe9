//! Orders to the media threads in words, for the story of a call.

use call::words::{CallId, MediaCommand, RtpTerminal, Terminal};

pub fn describe(command: &MediaCommand) -> (CallId, String) {
    match command {
        MediaCommand::Connect { call, a, b, clear } => {
            let how = if *clear { " as data" } else { "" };
            (*call, format!("connect {} to {}{how}", terminal(a), terminal(b)))
        }
        MediaCommand::Redirect { call, terminal } => (*call, format!("redirect {}", rtp(terminal))),
        MediaCommand::Hold { call, terminal: held } => (*call, format!("hold {}", terminal(held))),
        MediaCommand::Retrieve { call, terminal: held } => (*call, format!("retrieve {}", terminal(held))),
        MediaCommand::Digits { call, to, digits, ms } => (*call, format!("digits {digits} for {ms} ms to {}", terminal(to))),
        MediaCommand::Tone { call, to, tone } => {
            (*call, format!("tone {} to {}", tone.map_or("none", |tone| tone.as_str()), terminal(to)))
        }
        MediaCommand::Disconnect { call } => (*call, "disconnect".into()),
    }
}

fn terminal(terminal: &Terminal) -> String {
    match terminal {
        Terminal::Channel { span, timeslot } => format!("span {} timeslot {timeslot}", span.0),
        Terminal::Rtp(terminal) => rtp(terminal),
    }
}

fn rtp(terminal: &RtpTerminal) -> String {
    let RtpTerminal {
        local_port,
        remote,
        format: media::Format { codec, .. },
        telephone_event,
        digits_in_signalling,
        comfort_noise,
        silence_suppression,
        ptime_ms,
        direction,
    } = terminal;
    let events = telephone_event.map_or_else(String::new, |payload| format!(" events {payload}"));
    let signalled = if *digits_in_signalling { " digits in signalling" } else { "" };
    let noise = if *comfort_noise { " comfort noise" } else { "" };
    let silent = if *silence_suppression { " silence suppressed" } else { "" };
    format!("rtp {local_port} > {remote} {} {ptime_ms} ms{events}{signalled}{noise}{silent} {}", codec.name(), direction.name())
}
