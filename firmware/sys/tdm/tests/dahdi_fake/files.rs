//! `/proc/dahdi` and the sysfs trees of the scripted kernel, made from its state whenever they are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io;

use tdm::dahdi::ioctl::value;

use super::error;
use super::span::FakeSpan;
use super::state::{Channel, State};

const DEVICES: &str = "/sys/bus/dahdi_devices/devices";
const SPANS: &str = "/sys/bus/dahdi_spans/devices";
const CHANNELS: &str = "/sys/bus/dahdi_channels/devices";

impl State {
    /// Every file with its text, made when it is first asked for after a change.
    pub(super) fn listing(&mut self) -> &BTreeMap<String, String> {
        let tree = self.listing.take().unwrap_or_else(|| self.tree());
        self.listing.insert(tree)
    }

    pub(super) fn forget_listing(&mut self) {
        self.listing = None;
    }

    /// Every file with its text.
    fn tree(&self) -> BTreeMap<String, String> {
        let mut tree = BTreeMap::new();
        if self.loaded {
            tree.insert("/sys/bus/dahdi_spans/drivers/generic_lowlevel/master_span".to_owned(), format!("{}\n", self.master));
            let auto = if self.auto_assign { 1 } else { 0 };
            tree.insert("/sys/module/dahdi/parameters/auto_assign_spans".to_owned(), format!("{auto}\n"));
            for span in self.spans.iter().filter(|span| span.present) {
                self.device_files(span, &mut tree);
                if span.number > 0 {
                    self.span_files(span, &mut tree);
                }
            }
        }
        tree.extend(self.files.clone());
        tree
    }

    pub(super) fn all_links(&self) -> BTreeMap<String, String> {
        let spans = self.spans.iter().filter(|span| self.loaded && span.present && span.number > 0);
        let mut links: BTreeMap<String, String> =
            spans.map(|span| (format!("{SPANS}/span-{}/ddev", span.number), format!("../../{}", span.device))).collect();
        for span in self.spans.iter().filter(|span| self.loaded && span.present) {
            if let Some(driver) = &span.driver {
                links.insert(format!("{DEVICES}/{}/../driver/module", span.device), format!("../../../../module/{driver}"));
            }
        }
        links.extend(self.links.clone());
        links
    }

    pub(super) fn list(&mut self, path: &str) -> io::Result<Vec<String>> {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let links = self.all_links();
        let files = self.listing().range(folder.clone()..).map(|(path, _)| path);
        let mut names: BTreeSet<String> = files
            .take_while(|path| path.starts_with(&folder))
            .chain(links.keys())
            .filter_map(|path| path.strip_prefix(&folder))
            .filter_map(|rest| rest.split('/').next().map(str::to_owned))
            .collect();
        let empty = [DEVICES, SPANS, CHANNELS, "/proc/dahdi"];
        if names.is_empty() && !(self.loaded && empty.contains(&path)) && !self.folders.contains(path) {
            return Err(error(nix::libc::ENOENT));
        }
        names.remove("");
        Ok(names.into_iter().collect())
    }

    /// As `dahdi-sysfs.c` since Linux 4.13; older and newer modules call the file of types `spantype`.
    fn device_files(&self, span: &FakeSpan, tree: &mut BTreeMap<String, String>) {
        let mut put = |name: &str, text: String| {
            tree.insert(format!("{DEVICES}/{}/{name}", span.device), format!("{text}\n"));
        };
        let siblings: Vec<&FakeSpan> = self.spans.iter().filter(|other| other.present && other.device == span.device).collect();
        let types: Vec<String> = siblings.iter().map(|span| format!("{}:{}", span.port, span.span_type)).collect();
        put("hardware_id", span.hardware_id.clone());
        put("location", span.location.clone());
        put("manufacturer", span.manufacturer.clone());
        put("type", span.device_type.clone());
        put("span_count", siblings.len().to_string());
        put(&self.types_file, types.join("\n"));
    }

    fn span_files(&self, span: &FakeSpan, tree: &mut BTreeMap<String, String>) {
        let number = span.number;
        let attributes = [
            ("name", span.name.clone()),
            ("desc", span.desc.clone()),
            ("spantype", span.span_type.clone()),
            ("local_spanno", span.port.to_string()),
            ("alarms", format!("0x{:x}", span.alarms)),
            ("lbo", span.lbo.to_string()),
            ("syncsrc", span.sync_source.to_string()),
            ("is_digital", u8::from(span.is_digital()).to_string()),
            ("is_sync_master", u8::from(self.master == number).to_string()),
            ("basechan", span.base.to_string()),
            ("channels", span.sigcaps.len().to_string()),
            ("lineconfig", line_words(span.lineconfig).replace(' ', "/")),
            ("linecompat", line_words(span.linecompat)),
        ];
        for (name, text) in attributes {
            tree.insert(format!("{SPANS}/span-{number}/{name}"), format!("{text}\n"));
            tree.insert(format!("{DEVICES}/{}/span-{number}/{name}", span.device), format!("{text}\n"));
        }
        for channo in span.channel_numbers() {
            let Some(channel) = self.channels.get(&channo) else { continue };
            let folder = format!("dahdi!chan!{number:03}!{:03}", channel.position);
            let attributes = [
                ("channo", channo.to_string()),
                ("chanpos", channel.position.to_string()),
                ("sig", signalling(channel.sigtype).to_owned()),
                ("sigcap", capabilities(channel.sigcap)),
                ("in_use", u8::from(channel.open.is_some()).to_string()),
                ("ec_factory", canceller_name(span, channel)),
            ];
            for (name, text) in attributes {
                tree.insert(format!("{CHANNELS}/{folder}/{name}"), format!("{text}\n"));
                tree.insert(format!("{SPANS}/span-{number}/{folder}/{name}"), format!("{text}\n"));
                tree.insert(format!("{DEVICES}/{}/span-{number}/{folder}/{name}", span.device), format!("{text}\n"));
            }
        }
        tree.insert(format!("/proc/dahdi/{number}"), self.proc_text(span));
    }

    /// `dahdi_seq_show`.
    fn proc_text(&self, span: &FakeSpan) -> String {
        let mut text = format!("Span {}: {} \"{}\"", span.number, span.name, span.desc);
        if self.master == span.number {
            text += " (MASTER)";
        }
        if span.lineconfig != 0 {
            text = text + " " + &line_words(span.lineconfig).replace(' ', "/");
        }
        text = text + " " + &alarm_words(span.alarms);
        if span.sync_source == span.number {
            text += "ClockSource ";
        }
        text += "\n";
        let stat = span.stat;
        let counts = [
            ("BPV count", { stat.bpvcount }),
            ("CRC4 error count", { stat.crc4count }),
            ("E-bit error count", { stat.ebitcount }),
            ("FAS error count", { stat.fascount }),
            ("IRQ misses", { stat.irqmisses }),
            ("Timing slips", i32::try_from(span.slips).unwrap_or(i32::MAX)),
        ];
        for (name, count) in counts.iter().filter(|(_, count)| *count != 0) {
            let _ = writeln!(text, "\t{name}: {count}");
        }
        text += "\n";
        for channo in span.channel_numbers() {
            if let Some(channel) = self.channels.get(&channo) {
                text += &channel_line(span, channo, channel);
            }
        }
        text
    }
}

/// `get_name` of the attached canceller: a card's own has the card's name for it, or a general one where the driver gives none.
fn canceller_name(span: &FakeSpan, channel: &Channel) -> String {
    let name = channel.canceller.as_deref().unwrap_or_default();
    if name.eq_ignore_ascii_case("hwec") && span.hardware_canceller { "VPMOCT128".to_owned() } else { name.to_uppercase() }
}

fn channel_line(span: &FakeSpan, channo: i32, channel: &Channel) -> String {
    let mut line = format!("\t{channo:4} {}/{} ", span.name, channel.position);
    if channel.sigtype != 0 {
        line = line + signalling(channel.sigtype) + " ";
    } else if channel.sigcap == 0 {
        line += "Reserved ";
    }
    if channel.open.is_some() {
        line += "(In use) ";
    }
    line += &alarm_words(channel.alarms);
    if let Some(canceller) = &channel.canceller {
        let state = if channel.taps > 0 { "ACTIVE" } else { "INACTIVE" };
        let _ = write!(line, "(EC: {} - {state}) ", canceller.to_uppercase());
    }
    line + "\n"
}

fn alarm_words(alarms: i32) -> String {
    let words = [
        (value::ALARM_BLUE, "BLUE "),
        (value::ALARM_YELLOW, "YELLOW "),
        (value::ALARM_RED, "RED "),
        (value::ALARM_LOOPBACK, "LOOP "),
        (value::ALARM_RECOVER, "RECOVERING "),
        (value::ALARM_NOTOPEN, "NOTOPEN "),
    ];
    words.iter().filter(|(bit, _)| alarms & bit != 0).map(|(_, word)| *word).collect()
}

fn line_words(config: i32) -> String {
    let words = ["D4", "ESF", "AMI", "B8ZS", "CCS", "HDB3", "CRC4"];
    let set: Vec<&str> =
        words.iter().enumerate().filter(|(bit, _)| config & (1 << (bit + 4)) != 0).map(|(_, word)| *word).collect();
    set.join(" ")
}

/// `sigcap_show`.
fn capabilities(sigcap: i32) -> String {
    let known = [
        value::SIG_FXSLS,
        value::SIG_FXSGS,
        value::SIG_FXSKS,
        value::SIG_FXOLS,
        value::SIG_FXOGS,
        value::SIG_FXOKS,
        value::SIG_EM,
        value::SIG_CLEAR,
        value::SIG_CAS,
        value::SIG_EM_E1,
        value::SIG_HARDHDLC,
    ];
    known.into_iter().filter(|sig| sigcap & sig == *sig).map(signalling).collect::<Vec<_>>().join(" ")
}

/// `sigstr`.
pub(super) fn signalling(sigtype: i32) -> &'static str {
    match sigtype {
        value::SIG_FXSLS => "FXSLS",
        value::SIG_FXSKS => "FXSKS",
        value::SIG_FXSGS => "FXSGS",
        value::SIG_FXOLS => "FXOLS",
        value::SIG_FXOKS => "FXOKS",
        value::SIG_FXOGS => "FXOGS",
        value::SIG_EM => "E&M",
        value::SIG_EM_E1 => "E&M-E1",
        value::SIG_CLEAR => "Clear",
        value::SIG_HDLCFCS => "HDLCFCS",
        value::SIG_HARDHDLC => "Hardware-assisted HDLC",
        value::SIG_CAS => "CAS",
        _ => "Unconfigured",
    }
}
