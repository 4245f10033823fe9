//! Checks of `[[span]]`: what belongs to which framing and signalling, ranges, channel lists, and what two spans cannot share.

use std::collections::BTreeMap;

use super::check_nfas::check_groups;
use super::{
    BackEnd, Canceller, ChannelGroup, ChannelKind, DEFAULT_TONE_ZONE, DahdiSpan, DynamicSpan, EchoCanceller, Framing, LineCode,
    Problem, Signalling, Span, slots,
};

/// Channel names of echo cancellers, drivers and parameters end with a zero octet in `char[16]` or `char[20]`.
const NAME: usize = 15;
/// `char addr[40]` of `struct dahdi_dynamic_span`.
const ADDRESS: usize = 39;
/// `DAHDI_MAX_ECHOCANPARAMS`.
const PARAMETERS: usize = 8;
/// The most ports of an analog card; only the card knows how many it has.
const PORTS: u8 = 64;

/// Less than T303, within which the network expects an answer to its SETUP (Q.931 5.2.5.3: 4 s).
const LONGEST_NAME_WAIT: u16 = 3_000;

/// Every problem of span `index` by itself.
pub(super) fn check_span(index: usize, span: &Span, problems: &mut Vec<Problem>) {
    let path = |key: &str| format!("span[{index}].{key}");
    if !span.carries_calls() {
        let text = format!(
            "a span with signalling {} is configured and watched, but carries no calls in this release",
            span.signalling.as_str()
        );
        problems.push(Problem::warning(path("signalling"), text));
    }
    if span.framing == Framing::Analog && span.signalling != Signalling::Analog {
        let found = format!("\"analog\" with signalling {}", span.signalling.as_str());
        problems.push(Problem::error(path("framing"), found, "\"e1\" or \"t1\", or signalling = \"analog\""));
    }
    check_out_of_service(&path("out_of_service"), span, problems);
    if span.name_wait_ms > LONGEST_NAME_WAIT {
        problems.push(Problem::error(path("name_wait_ms"), span.name_wait_ms, format!("0 to {LONGEST_NAME_WAIT}")));
    }
    check_echo(&path("echo"), span, problems);
    match &span.back_end {
        BackEnd::Virtual { socket } => {
            if socket.as_os_str().is_empty() {
                problems.push(Problem::error(path("back_end.virtual.socket"), "an empty path", "the far end's socket"));
            }
            if !span.carries_calls() {
                let found = format!("\"{}\" on a virtual span", span.signalling.as_str());
                problems.push(Problem::error(path("signalling"), found, "\"pri\", or a back_end of dahdi"));
            }
        }
        BackEnd::Dahdi(dahdi) => Check { path: path("back_end.dahdi"), span, dahdi, problems }.all(),
    }
}

/// The tail's range, and that whoever is to cancel is there, and alone.
fn check_echo(path: &str, span: &Span, problems: &mut Vec<Problem>) {
    if !(8..=128).contains(&span.echo.tail_ms) {
        problems.push(Problem::error(format!("{path}.tail_ms"), span.echo.tail_ms, "8 to 128"));
    }
    let chosen = span.echo.canceller;
    let path = format!("{path}.canceller");
    match (chosen, span.dahdi()) {
        (Canceller::Card | Canceller::Kernel, None) => {
            let found = format!("\"{}\" on a virtual span", chosen.as_str());
            problems.push(Problem::error(path, found, "\"auto\", \"own\", \"spandsp\" or \"off\""));
        }
        (Canceller::Own | Canceller::Spandsp | Canceller::Off, Some(DahdiSpan { echo_canceller: Some(named), .. })) => {
            let found =
                format!("\"{}\", and the kernel's \"{}\" in back_end.dahdi.echo_canceller", chosen.as_str(), named.module);
            problems.push(Problem::error(path, found, "one of them"));
        }
        (Canceller::Auto | Canceller::Card | Canceller::Kernel | Canceller::Own | Canceller::Spandsp | Canceller::Off, _) => {}
    }
}

/// Channels out of service are B-channels of an ISDN span, and not all of them.
fn check_out_of_service(path: &str, span: &Span, problems: &mut Vec<Problem>) {
    let b_channels: Vec<u8> = match span.signalling {
        Signalling::Pri => span.channels().into_iter().map(|channel| channel.slot).collect(),
        Signalling::Cas | Signalling::Em | Signalling::Analog => Vec::new(),
    };
    for slot in &span.out_of_service {
        if !b_channels.contains(slot) {
            problems.push(Problem::error(path, format!("timeslot {slot}"), "timeslots of B-channels of this span"));
        }
    }
    if !b_channels.is_empty() && b_channels.iter().all(|slot| span.out_of_service.contains(slot)) {
        problems.push(Problem::warning(path, "every B-channel is out of service: the span carries no calls".to_owned()));
    }
}

/// Every problem of spans with each other.
pub(super) fn check_spans(spans: &[Span], problems: &mut Vec<Problem>) {
    check_groups(spans, problems);
    let (mut devices, mut clocks) = (BTreeMap::<String, usize>::new(), BTreeMap::<u8, usize>::new());
    for (index, dahdi) in spans.iter().enumerate().filter_map(|(index, span)| span.dahdi().map(|dahdi| (index, dahdi))) {
        let path = format!("span[{index}].back_end.dahdi");
        let hardware = dahdi.hardware.as_ref().map(|id| (format!("{path}.hardware"), format!("\"{id}\"")));
        let dynamic = dahdi.dynamic.as_ref().map(|dynamic| {
            (format!("{path}.dynamic.address"), format!("\"{}\" of driver \"{}\"", dynamic.address, dynamic.driver))
        });
        for (path, device) in hardware.into_iter().chain(dynamic) {
            if let Some(earlier) = devices.insert(device.clone(), index) {
                let found = format!("{device}, which span[{earlier}] has too");
                problems.push(Problem::error(path, found, "one of its own"));
            }
        }
        if dahdi.clock > 0
            && let Some(earlier) = clocks.insert(dahdi.clock, index)
        {
            let text =
                format!("priority {} is span[{earlier}]'s too: which of the two gives the clock is left to chance", dahdi.clock);
            problems.push(Problem::warning(format!("{path}.clock"), text));
        }
    }
}

/// The check of one DAHDI span.
struct Check<'a> {
    path: String,
    span: &'a Span,
    dahdi: &'a DahdiSpan,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn all(&mut self) {
        self.device();
        self.line();
        self.range("line_build_out", self.dahdi.line_build_out, 0, 7);
        self.range("clock", self.dahdi.clock, 0, 15);
        self.range("write_queue_ms", self.dahdi.write_queue_ms(), 10, 80);
        if self.dahdi.tone_zone != DEFAULT_TONE_ZONE {
            self.error("tone_zone", quoted(&self.dahdi.tone_zone), format!("\"{DEFAULT_TONE_ZONE}\", the only zone known yet"));
        }
        if let Some(canceller) = &self.dahdi.echo_canceller {
            self.echo_canceller(canceller);
        }
        self.analog();
        self.channels();
    }

    fn error(&mut self, key: &str, found: impl std::fmt::Display, expected: impl std::fmt::Display) {
        self.problems.push(Problem::error(format!("{}.{key}", self.path), found, expected));
    }

    fn range(&mut self, key: &str, value: u8, low: u8, high: u8) {
        if !(low..=high).contains(&value) {
            self.error(key, value, format!("{low} to {high}"));
        }
    }

    fn device(&mut self) {
        match (&self.dahdi.hardware, &self.dahdi.dynamic) {
            (Some(id), None) => {
                if !is_stable_id(id) {
                    let expected = "a stable id that \"junctor span detect\" prints, such as \"te4xxp-0000:05:00.0/1\"";
                    self.error("hardware", quoted(id), expected);
                }
            }
            (None, Some(dynamic)) => self.dynamic(dynamic),
            (None, None) => {
                let text = "found neither hardware nor dynamic, expected one of them: \"junctor span detect\" lists the hardware";
                self.problems.push(Problem { text: text.into(), ..Problem::error(self.path.clone(), "", "") });
            }
            (Some(_), Some(_)) => self.error("dynamic", "a dynamic span and hardware", "one of them"),
        }
    }

    fn dynamic(&mut self, dynamic: &DynamicSpan) {
        if !is_name(&dynamic.driver) {
            self.error("dynamic.driver", quoted(&dynamic.driver), "a driver's name, such as \"loc\" or \"eth\"");
        }
        let printable = dynamic.address.chars().all(|c| c.is_ascii_graphic());
        if dynamic.address.is_empty() || dynamic.address.len() > ADDRESS || !printable {
            self.error("dynamic.address", quoted(&dynamic.address), format!("1 to {ADDRESS} characters in the driver's form"));
        } else if dynamic.driver == "loc" && !is_loc_address(&dynamic.address) {
            let expected = "key:id, one hexadecimal digit each, such as \"1:0\"";
            self.error("dynamic.address", quoted(&dynamic.address), expected);
        }
        let most = self.span.framing.timeslots().unwrap_or(31);
        let channels = dynamic.channels(self.span.framing);
        if self.span.signalling == Signalling::Pri && channels != most {
            self.error("dynamic.channels", channels, format!("{most}, all of a PRI span's"));
        } else {
            self.range("dynamic.channels", channels, 1, most);
        }
        if self.dahdi.hardware_hdlc {
            self.error("hardware_hdlc", "true on a dynamic span", "false: only cards do HDLC");
        }
    }

    fn line(&mut self) {
        let framing = self.span.framing;
        let allowed = match framing {
            Framing::E1 => Some("\"hdb3\" or \"ami\" on an E1"),
            Framing::T1 => Some("\"b8zs\" or \"ami\" on a T1"),
            Framing::Analog => None,
        };
        if let Some(code) = self.dahdi.line_code {
            let fits = match code {
                LineCode::Hdb3 => framing == Framing::E1,
                LineCode::B8zs => framing == Framing::T1,
                LineCode::Ami => framing != Framing::Analog,
            };
            if !fits {
                self.error("line_code", quoted(code.as_str()), allowed.unwrap_or("none on an analog card"));
            }
        }
        let found = |value: &dyn std::fmt::Display| format!("{value} with framing {}", framing.as_str());
        if let Some(crc4) = self.dahdi.crc4.filter(|_| framing != Framing::E1) {
            self.error("crc4", found(&crc4), "it only with framing e1");
        }
        if self.dahdi.t1_framing.is_some() && framing != Framing::T1 {
            self.error("t1_framing", found(&"it"), "it only with framing t1");
        }
        if framing == Framing::Analog && self.dahdi.clock != 0 {
            self.error("clock", self.dahdi.clock, "0: an analog line gives no clock");
        }
        if framing == Framing::Analog && self.dahdi.line_build_out != 0 {
            self.error("line_build_out", self.dahdi.line_build_out, "0: an analog line has none");
        }
        if self.dahdi.hardware_hdlc && self.span.signalling != Signalling::Pri {
            let found = format!("true with signalling {}", self.span.signalling.as_str());
            self.error("hardware_hdlc", found, "false: there is no D-channel");
        }
    }

    fn echo_canceller(&mut self, canceller: &EchoCanceller) {
        if !is_name(&canceller.module) {
            self.error("echo_canceller.module", quoted(&canceller.module), "a module's name, such as \"mg2\"");
        }
        if !matches!(canceller.taps, 32 | 64 | 128 | 256 | 512 | 1024) {
            self.error("echo_canceller.taps", canceller.taps, "32, 64, 128, 256, 512 or 1024");
        }
        if canceller.parameters.len() > PARAMETERS {
            self.error("echo_canceller.parameters", canceller.parameters.len(), format!("at most {PARAMETERS}"));
        }
        for name in canceller.parameters.keys().filter(|name| !is_name(name)) {
            let expected = format!("a name of 1 to {NAME} lower case letters, digits or underscores");
            self.error("echo_canceller.parameters", quoted(name), expected);
        }
    }

    /// What only analog ports have.
    fn analog(&mut self) {
        if let Some(mode) = &self.dahdi.country_mode {
            if self.span.signalling != Signalling::Analog {
                self.error("country_mode", quoted(mode), "it only with signalling analog");
            } else if !is_word(mode) {
                self.error("country_mode", quoted(mode), "a mode of the card's driver, such as \"FCC\" or \"TBR21\"");
            }
        }
    }

    fn channels(&mut self) {
        let groups = &self.dahdi.channels;
        if self.span.signalling == Signalling::Pri {
            if !groups.is_empty() {
                let expected = "none: B-channels and D-channel of a PRI span follow from its framing";
                self.error("channels", "a list", expected);
            }
            return;
        }
        if groups.is_empty() {
            let expected = "at least one group, such as { slots = \"1-15,17-31\", kind = \"cas\" }";
            return self.error("channels", "none", expected);
        }
        let mut taken = BTreeMap::new();
        let mut all_read = true;
        for (index, group) in groups.iter().enumerate() {
            self.group(index, group);
            match group.slots() {
                Ok(slots) => self.slots(index, group, &slots, &mut taken),
                Err(expected) => {
                    all_read = false;
                    self.error(&format!("channels[{index}].slots"), quoted(&group.slots), expected);
                }
            }
        }
        if all_read {
            self.forgotten(&taken);
        }
    }

    fn group(&mut self, index: usize, group: &ChannelGroup) {
        let key = |key: &str| format!("channels[{index}].{key}");
        let (fits, expected) = fits(self.span.signalling, group.kind);
        if !fits {
            let found = format!("\"{}\" with signalling {}", group.kind.as_str(), self.span.signalling.as_str());
            self.error(&key("kind"), found, expected);
        }
        if group.kind == ChannelKind::EmE1 && self.span.framing != Framing::E1 {
            let found = format!("\"em-e1\" with framing {}", self.span.framing.as_str());
            self.error(&key("kind"), found, "\"em\"");
        }
        if let Some(bits) = group.idle_bits {
            if group.kind != ChannelKind::Cas {
                self.error(&key("idle_bits"), format!("{bits} with kind {}", group.kind.as_str()), "it only with kind cas");
            } else {
                self.range(&key("idle_bits"), bits, 0, 15);
            }
        }
        if let Some(impedance) = &group.impedance {
            if self.span.framing != Framing::Analog {
                self.error(&key("impedance"), quoted(impedance), "it only on an analog card");
            } else if !is_word(impedance) {
                self.error(&key("impedance"), quoted(impedance), "an impedance of the card's driver, such as \"600\"");
            }
        }
    }

    fn slots(&mut self, index: usize, group: &ChannelGroup, slots: &[u8], taken: &mut BTreeMap<u8, usize>) {
        let key = format!("channels[{index}].slots");
        let last = self.span.channel_count().unwrap_or(PORTS);
        let beyond: Vec<u8> = slots.iter().copied().filter(|slot| *slot > last).collect();
        if !beyond.is_empty() {
            self.error(&key, slots::text(&beyond), format!("slots from 1 to {last}"));
        }
        // Timeslot 16 of an E1 carries the others' ABCD bits (G.704 5.1.3.2).
        let signals = self.span.framing == Framing::E1 && group.kind != ChannelKind::Unused;
        if signals && slots.contains(&16) {
            self.error(&key, "slot 16", "it left out: it carries the signalling bits of the others");
        }
        let mut again = BTreeMap::<usize, Vec<u8>>::new();
        for slot in slots {
            if let Some(earlier) = taken.insert(*slot, index) {
                again.entry(earlier).or_default().push(*slot);
            }
        }
        for (earlier, slots) in again {
            let found = format!("{}, which channels[{earlier}] has too", slots::text(&slots));
            self.error(&key, found, "each slot once");
        }
    }

    /// Slots of a digital span that no group names are likelier a slip than meant.
    fn forgotten(&mut self, taken: &BTreeMap<u8, usize>) {
        let Some(last) = self.span.channel_count().filter(|_| self.span.framing != Framing::Analog) else { return };
        let is_forgotten = |slot: &u8| !taken.contains_key(slot) && (self.span.framing, *slot) != (Framing::E1, 16);
        let forgotten: Vec<u8> = (1..=last).filter(is_forgotten).collect();
        if !forgotten.is_empty() {
            let text = format!(
                "slots {} are in no group and stay unused; kind = \"unused\" says that they shall",
                slots::text(&forgotten)
            );
            self.problems.push(Problem::warning(format!("{}.channels", self.path), text));
        }
    }
}

/// Whether a span with this signalling may have channels of this kind, and which it may have.
const fn fits(signalling: Signalling, kind: ChannelKind) -> (bool, &'static str) {
    let any = matches!(kind, ChannelKind::B | ChannelKind::Unused);
    match signalling {
        Signalling::Pri => (any, "no list"),
        Signalling::Cas => (any || matches!(kind, ChannelKind::Cas), "\"cas\", \"b\" or \"unused\""),
        Signalling::Em => (any || matches!(kind, ChannelKind::Em | ChannelKind::EmE1), "\"em\", \"em-e1\", \"b\" or \"unused\""),
        Signalling::Analog => {
            let loops = matches!(kind, ChannelKind::FxsLoop | ChannelKind::FxoLoop);
            let grounds = matches!(kind, ChannelKind::FxsGround | ChannelKind::FxoGround);
            let kewls = matches!(kind, ChannelKind::FxsKewl | ChannelKind::FxoKewl);
            (any || loops || grounds || kewls, "\"fxs-...\", \"fxo-...\", \"b\" or \"unused\"")
        }
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// Device, slash, port from 1.
fn is_stable_id(id: &str) -> bool {
    let Some((device, port)) = id.rsplit_once('/') else { return false };
    let port_is_good = port.parse::<u8>().is_ok_and(|port| port > 0) && !port.starts_with(['0', '+']);
    port_is_good && !device.is_empty() && device.len() <= 120 && device.trim() == device && !device.chars().any(char::is_control)
}

/// A kernel module's or parameter's name.
fn is_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=NAME).contains(&name.len()) && name.chars().all(good)
}

fn is_word(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
}

/// `key:id` or `key:id:monitored`, one hexadecimal digit each.
fn is_loc_address(address: &str) -> bool {
    let is_digit = |part: &str| part.len() == 1 && part.chars().all(|c| c.is_ascii_hexdigit());
    (2..=3).contains(&address.split(':').count()) && address.split(':').all(is_digit)
}
