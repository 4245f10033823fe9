//! A span's settings as what the back ends want, and the opening of it.

use std::path::Path;
use std::sync::Arc;

use model::api::SpanState;
use model::root_request::{DeviceName, Port, Request};
use model::settings::{self, BackEnd, ChannelKind, Framing, T1Framing};
use tdm::dahdi::refused::Ask;
use tdm::dahdi::{ChannelConfig, DahdiSpan, DahdiSys, EchoCanceller, LineCode, LineFraming, Place, Refused, SpanConfig, Start};
use tdm::virtual_span::VirtualUser;
use tdm::{Law, Span, SpanInfo, SpanKind};

use super::Probe;
use super::root::Root;

/// A span that was opened, and what is left here to look at it by.
pub(super) struct Opened {
    pub(super) span: Box<dyn Span>,
    pub(super) probe: Option<Probe>,
}

/// Opens a span; on failure the state to show. What only root may do about a refusal is asked of junctor-spans, once.
pub(super) fn open(sys: &Arc<dyn DahdiSys>, root: &Root, span: &settings::Span, state: &Path) -> Result<Opened, SpanState> {
    match &span.back_end {
        BackEnd::Virtual { socket } => open_virtual(span, &state.join(socket)),
        BackEnd::Dahdi(dahdi) => {
            let config = dahdi_config(span, dahdi);
            let opened = DahdiSpan::open(sys, config.clone()).or_else(|refused| match &refused.ask {
                Some(ask) => {
                    prepare(root, ask).map_err(|(why, cure)| failed(format!("{}: {why}", why_of(&refused)), &cure))?;
                    DahdiSpan::open(sys, config).map_err(|refused| state_of(&refused))
                }
                None => Err(state_of(&refused)),
            })?;
            let probe = opened.probe();
            Ok(Opened { span: Box::new(opened), probe: Some(probe) })
        }
    }
}

/// Has the requests carried out that make a port what a span needs.
fn prepare(root: &Root, ask: &Ask) -> Result<(), (String, String)> {
    let malformed = |error: model::root_request::BadForm| (error.to_string(), "report it: the kernel named it so".to_owned());
    let named = |device: &str, port: u8| -> Result<_, (String, String)> {
        Ok((DeviceName::try_from(device.to_owned()).map_err(malformed)?, Port::try_from(u32::from(port)).map_err(malformed)?))
    };
    match ask {
        Ask::Assign { device, port } => root.ask(&Request::AutoAssign { device: named(device, *port)?.0 }),
        Ask::SetKind { device, port, kind, assigned } => {
            let (device, port) = named(device, *port)?;
            if *assigned {
                root.ask(&Request::UnassignSpan { device: device.clone(), port })?;
            }
            let kind = match kind {
                SpanKind::T1 => model::root_request::SpanKind::T1,
                // An analog port has no kind to be set, and tdm does not ask for one.
                SpanKind::E1 | SpanKind::Analog => model::root_request::SpanKind::E1,
            };
            root.ask(&Request::SetSpanType { device: device.clone(), port, kind })?;
            root.ask(&Request::AutoAssign { device })
        }
    }
}

fn open_virtual(span: &settings::Span, socket: &Path) -> Result<Opened, SpanState> {
    let info = match span.framing {
        Framing::E1 => SpanInfo::e1(&span.name),
        Framing::T1 => SpanInfo::t1(&span.name),
        // Validation allows none: a virtual span has no settings for its ports.
        Framing::Analog => return Err(failed("a virtual span cannot be an analog card".into(), "set framing to e1 or t1")),
    };
    let info = SpanInfo { d_channel: span.d_channel(), ..info };
    let opened = VirtualUser::connect(socket, info).map_err(|error| {
        failed(format!("cannot open the virtual span at {}: {error}", socket.display()), "check the path back_end.virtual.socket")
    })?;
    Ok(Opened { span: Box::new(opened), probe: None })
}

fn failed(why: String, cure: &str) -> SpanState {
    SpanState::Failed { why, cure: cure.to_owned() }
}

/// What the control API shows of a refusal.
pub(super) fn state_of(refused: &Refused) -> SpanState {
    let why = why_of(refused);
    if refused.missing { SpanState::Missing { why } } else { SpanState::Failed { why, cure: refused.cure.clone() } }
}

fn why_of(refused: &Refused) -> String {
    let source = refused.source.as_ref().map_or_else(String::new, |error| format!(" ({error})"));
    format!("cannot {}{source}", refused.doing)
}

/// The settings of a DAHDI span in tdm's words.
pub(super) fn dahdi_config(span: &settings::Span, dahdi: &settings::DahdiSpan) -> SpanConfig {
    SpanConfig {
        name: span.name.clone(),
        place: place(span, dahdi),
        kind: kind(span.framing),
        framing: framing(span.framing, dahdi),
        code: match dahdi.line_code(span.framing) {
            Some(settings::LineCode::Hdb3) => LineCode::Hdb3,
            Some(settings::LineCode::B8zs) => LineCode::B8zs,
            Some(settings::LineCode::Ami) | None => LineCode::Ami,
        },
        line_build_out: dahdi.line_build_out,
        clock_priority: dahdi.clock,
        law: match dahdi.law(span.framing) {
            settings::Law::A => Law::A,
            settings::Law::Mu => Law::Mu,
        },
        channels: channels(span, dahdi),
        echo: span.kernel_echo_canceller().map(|echo| EchoCanceller {
            module: echo.module,
            taps: echo.taps,
            parameters: echo.parameters.into_iter().collect(),
        }),
        // Only ports ring.
        tone_zone: (span.signalling != settings::Signalling::Pri).then(|| dahdi.tone_zone.clone()),
        country_mode: dahdi.country_mode.clone(),
        write_queue: u16::from(dahdi.write_queue_ms()) * SAMPLES_A_MS / BLOCK * BLOCK,
    }
}

/// Samples of a millisecond, and of a block, in whose multiples a write queue is counted.
const SAMPLES_A_MS: u16 = 8;
const BLOCK: u16 = tdm::BLOCK as u16;

fn place(span: &settings::Span, dahdi: &settings::DahdiSpan) -> Place {
    match (&dahdi.hardware, &dahdi.dynamic) {
        // Validation wants exactly one of the two.
        (hardware, None) => Place::Hardware(hardware.clone().unwrap_or_default()),
        (_, Some(dynamic)) => Place::Dynamic {
            driver: dynamic.driver.clone(),
            address: dynamic.address.clone(),
            channels: dynamic.channels(span.framing),
            timing: dynamic.timing,
        },
    }
}

const fn kind(framing: Framing) -> SpanKind {
    match framing {
        Framing::E1 => SpanKind::E1,
        Framing::T1 => SpanKind::T1,
        Framing::Analog => SpanKind::Analog,
    }
}

fn framing(framing: Framing, dahdi: &settings::DahdiSpan) -> LineFraming {
    match framing {
        Framing::E1 => LineFraming::E1 { crc4: dahdi.crc4(framing) },
        Framing::T1 => match dahdi.t1_framing(framing) {
            Some(T1Framing::D4) => LineFraming::D4,
            Some(T1Framing::Esf) | None => LineFraming::Esf,
        },
        Framing::Analog => LineFraming::Analog,
    }
}

/// Every channel that has a use, in timeslot order.
fn channels(span: &settings::Span, dahdi: &settings::DahdiSpan) -> Vec<ChannelConfig> {
    let impedance = |slot: u8| {
        let group = dahdi.channels.iter().find(|group| group.slots().unwrap_or_default().contains(&slot))?;
        acim(group.impedance.as_deref()?)
    };
    let used = span.channels().into_iter().filter_map(|channel| {
        let kind = channel_kind(channel.kind, channel.idle_bits)?;
        Some(ChannelConfig { slot: channel.slot, kind, impedance: impedance(channel.slot) })
    });
    let kind = tdm::dahdi::ChannelKind::D { hardware_hdlc: dahdi.hardware_hdlc };
    let d_channel = span.d_channel().map(|slot| ChannelConfig { slot, kind, impedance: None });
    let mut channels: Vec<_> = used.chain(d_channel).collect();
    channels.sort_by_key(|channel| channel.slot);
    channels
}

const fn channel_kind(kind: ChannelKind, idle_bits: u8) -> Option<tdm::dahdi::ChannelKind> {
    use tdm::dahdi::ChannelKind as Kind;
    Some(match kind {
        ChannelKind::Cas => Kind::Cas { idle_bits },
        ChannelKind::Em => Kind::EAndM,
        ChannelKind::EmE1 => Kind::EAndME1,
        ChannelKind::FxsLoop => Kind::Fxs(Start::Loop),
        ChannelKind::FxsGround => Kind::Fxs(Start::Ground),
        ChannelKind::FxsKewl => Kind::Fxs(Start::Kewl),
        ChannelKind::FxoLoop => Kind::Fxo(Start::Loop),
        ChannelKind::FxoGround => Kind::Fxo(Start::Ground),
        ChannelKind::FxoKewl => Kind::Fxo(Start::Kewl),
        ChannelKind::B => Kind::B,
        ChannelKind::Unused => return None,
    })
}

/// The ACIM register of the FXO line interface (Si3050 data sheet, register 30) for an impedance in words; the two that are plain
/// resistances, or the register's value itself, `acim0` to `acim15`. What no card knows is left to the driver.
fn acim(impedance: &str) -> Option<u8> {
    match impedance {
        "600" => Some(0),
        "900" => Some(1),
        other => other.strip_prefix("acim").and_then(|value| value.parse().ok()).filter(|value| *value <= 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(toml: &str) -> SpanConfig {
        let span = settings::read_span(toml).span.unwrap();
        dahdi_config(&span, span.dahdi().unwrap())
    }

    #[test]
    fn primary_rate_e1_is_thirty_b_channels_and_a_d_channel() {
        let config = config("[[span]]\nname = \"a\"\nback_end.dahdi = { hardware = \"te4/1\", clock = 1 }\n");
        assert_eq!((config.channels.len(), config.d_channel(), config.law), (31, Some(16), Law::A));
        assert_eq!((config.write_queue, config.clock_priority, config.tone_zone), (160, 1, None));
        assert_eq!((config.framing, config.code), (LineFraming::E1 { crc4: true }, LineCode::Hdb3));
    }

    #[test]
    fn span_of_a_group_without_a_d_channel_has_a_b_channel_there() {
        let text = "[[span]]\nname = \"a\"\nframing = \"t1\"\nnfas = { group = \"g\", interface = 1, d_channel = \"none\" }\nback_end.dahdi.hardware = \"X/1\"\n";
        let span = settings::read_span(text).span.unwrap();
        let channels = channels(&span, span.dahdi().unwrap());
        assert_eq!((channels.len(), channels[23].slot, channels[23].kind), (24, 24, tdm::dahdi::ChannelKind::B));
    }

    #[test]
    fn primary_rate_t1_has_its_d_channel_in_timeslot_24() {
        let toml = "[[span]]\nname = \"a\"\nframing = \"t1\"\nback_end.dahdi = { hardware = \"te4/1\", t1_framing = \"d4\", line_code = \"ami\" }\n";
        let config = config(toml);
        assert_eq!((config.channels.len(), config.d_channel(), config.law), (24, Some(24), Law::Mu));
        assert_eq!((config.framing, config.code), (LineFraming::D4, LineCode::Ami));
    }

    #[test]
    fn analog_card_has_its_ports_impedance_and_tone_zone() {
        let toml = "[[span]]\nname = \"a\"\nframing = \"analog\"\nsignalling = \"analog\"\nback_end.dahdi = { hardware = \"wctdm/1\", \
                    channels = [{ slots = \"1-2\", kind = \"fxs-kewl\" }, { slots = \"3\", kind = \"fxo-loop\", impedance = \"900\" }] }\n";
        let config = config(toml);
        let ports: Vec<_> = config.channels.iter().map(|channel| (channel.slot, channel.kind, channel.impedance)).collect();
        use tdm::dahdi::ChannelKind::{Fxo, Fxs};
        assert_eq!(ports, [(1, Fxs(Start::Kewl), None), (2, Fxs(Start::Kewl), None), (3, Fxo(Start::Loop), Some(1))]);
        assert_eq!(config.tone_zone.as_deref(), Some("us"));
    }
}
