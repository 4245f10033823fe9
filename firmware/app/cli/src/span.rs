//! `junctor span ...`: one request each, and what it shows.

use client::Client;
use model::api::{Hardware, MaintenanceMode};
use model::settings;

use crate::arguments::{Mode, SpanCommand};
use crate::commands::{read_text, tell, write_capture};
use crate::failure::Failure;
use crate::show;
use crate::table::Stand::{Left, Right};
use crate::table::{Table, printable};

pub(crate) async fn run(client: &Client, json: bool, command: &SpanCommand) -> Result<(), Failure> {
    match command {
        SpanCommand::List => tell(json, &client.spans().await?, |spans| show::spans(spans)),
        SpanCommand::Show { name } => tell(json, &client.span(name).await?, show::span),
        SpanCommand::Detect { config: false } => tell(json, &client.hardware().await?, |hardware| detected(hardware)),
        SpanCommand::Detect { config: true } => tell(json, &client.hardware().await?, |hardware| suggestions(hardware)),
        SpanCommand::Configure { file } => {
            let reading = settings::read_span(&read_text(file)?);
            for problem in &reading.problems {
                eprintln!("junctor: {}", printable(&problem.to_string()));
            }
            let span = reading.span.ok_or(Failure::AlreadySaid)?;
            tell(json, &client.configure_span(&span.name, &span).await?, show::span)
        }
        SpanCommand::Maintain { name, mode } => tell(json, &client.maintain_span(name, mode_of(*mode)).await?, show::span),
        SpanCommand::Test { name, timeslot: Some(timeslot) } => {
            tell(json, &client.begin_bit_error_test(name, *timeslot).await?, show::span)
        }
        SpanCommand::Test { name, timeslot: None } => tell(json, &client.end_bit_error_test(name).await?, show::span),
        SpanCommand::Restart { name, timeslot } => tell(json, &client.restart_span(name, *timeslot).await?, show::span),
        SpanCommand::Capture { name, output } => write_capture(client.span_capture(name).await?, output).await,
        SpanCommand::Reset { name } => Ok(client.reset_span_counters(name).await?),
    }
}

const fn mode_of(mode: Mode) -> MaintenanceMode {
    match mode {
        Mode::None => MaintenanceMode::None,
        Mode::LocalLoop => MaintenanceMode::LocalLoop,
        Mode::LineLoop => MaintenanceMode::LineLoop,
        Mode::PayloadLoop => MaintenanceMode::PayloadLoop,
        Mode::Prbs => MaintenanceMode::Prbs,
    }
}

/// A table, then what keeps each from being used.
fn detected(hardware: &[Hardware]) -> String {
    let columns = [
        ("id", Left),
        ("card", Left),
        ("location", Left),
        ("serial", Left),
        ("port", Right),
        ("kind", Left),
        ("channels", Right),
        ("alarms", Left),
        ("used by", Left),
    ];
    let mut table = Table::new(columns);
    for port in hardware {
        table.row([
            port.id.clone(),
            port.device_type.clone(),
            port.location.clone(),
            port.serial.clone().unwrap_or_else(|| "-".into()),
            port.port.to_string(),
            port.kind.clone(),
            port.channels.to_string(),
            if port.span.is_none() { "not assigned".into() } else { alarms(port) },
            port.in_use_by.clone().unwrap_or_else(|| "-".into()),
        ]);
    }
    let mut text = table.print("no cards: are they plugged in, and the modules of their drivers loaded?");
    for port in hardware {
        port.problems.iter().for_each(|problem| text += &format!("{}: {}\n", printable(&port.id), printable(problem)));
    }
    text
}

fn alarms(port: &Hardware) -> String {
    if port.alarms.is_clear() { "none".into() } else { port.alarms.0.join(" ") }
}

/// TOML that can be copied into the document; what is configured already is marked.
fn suggestions(hardware: &[Hardware]) -> String {
    let usable = hardware.iter().filter(|port| !port.suggestion.is_empty());
    let pieces = usable.map(|port| {
        let device = printable(&format!("{}, {}", port.device_type, port.location));
        let used = port.in_use_by.as_ref().map_or_else(String::new, |name| format!(" (configured as \"{}\")", printable(name)));
        format!("# {device}, port {}{used}\n{}", port.port, port.suggestion)
    });
    let text = pieces.collect::<Vec<_>>().join("\n");
    if text.is_empty() { "# no port can be used: see `junctor span detect`\n".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::api::Alarms;

    fn port(suggestion: &str, in_use_by: Option<&str>) -> Hardware {
        Hardware {
            id: "1TE435F/1".into(),
            device: "pci:0000:05:00.0".into(),
            device_type: "Wildcard TE435".into(),
            manufacturer: "Digium".into(),
            location: "PCI Bus 05 Slot 01".into(),
            serial: Some("1TE435F".into()),
            port: 1,
            span: None,
            kind: "e1".into(),
            kinds_possible: vec!["e1".into(), "t1".into()],
            channels: 31,
            alarms: Alarms::default(),
            in_use_by: in_use_by.map(str::to_owned),
            problems: vec!["no firmware \u{1b}[2J".into()],
            suggestion: suggestion.into(),
        }
    }

    #[test]
    fn port_detected_shows_its_problem_without_escape_sequences() {
        let text = detected(&[port("", None)]);
        assert!(text.contains("not assigned") && text.contains("1TE435F/1: no firmware \\u{1b}[2J"), "{text}");
    }

    #[test]
    fn suggestions_leave_out_what_cannot_be_used_and_mark_what_is() {
        let text = suggestions(&[port("", None), port("[[span]]\nname = \"a\"\n", Some("a"))]);
        assert_eq!(text, "# Wildcard TE435, PCI Bus 05 Slot 01, port 1 (configured as \"a\")\n[[span]]\nname = \"a\"\n");
        assert!(suggestions(&[]).starts_with("# no port can be used"));
    }
}
