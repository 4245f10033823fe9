//! The far end of cross-connected DAHDI spans, set up by Debian's `dahdi_cfg`: an end that no program of ours configured.
//!
//! A `loc` span (`dahdi_dynamic_loc`) is cross-connected to the one with the same key and another id. Channels are counted
//! from 1 within their span here; DAHDI counts them through all spans, in the order in which the spans were made.
//!
//! ```text
//! let far = FarEnd::start(&scratch, &[Span::e1_network(0, 0)]);
//! let d_channel = far.spans()[0].channel(16);     // its number for DAHDI_SPECIFY
//! far.spans()[0].alarms();                        // empty: none
//! ```
//! [`FarEnd::unplug`] takes the spans away, which the near end sees as RED within a second or two, and [`FarEnd::plug_in`]
//! brings them back. Dropping it removes its spans, so the next test starts clean.

use hw_tests::process::tail;
use hw_tests::scratch::Scratch;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Spans come up within a few beats of DAHDI's clock: the bound only turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(10);

/// `DAHDI_ALARM_*` of `include/dahdi/user.h`.
const ALARMS: [(u32, &str); 9] = [
    (1 << 0, "RECOVER"),
    (1 << 1, "LOOPBACK"),
    (1 << 2, "YELLOW"),
    (1 << 3, "RED"),
    (1 << 4, "BLUE"),
    (1 << 5, "NOTOPEN"),
    (1 << 8, "LOS"),
    (1 << 9, "LFA"),
    (1 << 10, "LMFA"),
];

/// Panics on a machine without DAHDI, naming the command that runs these tests.
#[track_caller]
pub(crate) fn require_dahdi() {
    let there = Path::new("/dev/dahdi/ctl").exists();
    assert!(there, "no /dev/dahdi/ctl on this machine: these tests are run by `cargo xtask hw-test`, in a guest that has DAHDI");
}

/// What `dahdi_cfg` is to make of one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    key: u8,
    id: u8,
    channels: u16,
    lines: Vec<Line>,
}

/// `keyword=ranges suffix`, the channels counted within the span.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    keyword: String,
    ranges: Vec<(u16, u16)>,
    suffix: String,
}

impl Span {
    /// A `loc` span; the one with the same key (0 to 15) and another id (0 or 1) is its other end.
    pub(crate) fn loc(key: u8, id: u8, channels: u16) -> Self {
        Self { key, id, channels, lines: Vec::new() }
    }

    /// An E1 for ISDN: A-law, B-channels 1 to 15 and 17 to 31, D-channel 16 with HDLC in software.
    pub(crate) fn e1_isdn(key: u8, id: u8) -> Self {
        Self::loc(key, id, 31).with("alaw", &[(1, 31)]).with("bchan", &[(1, 15), (17, 31)]).with("dchan", &[(16, 16)])
    }

    /// A T1 for ISDN: mu-law, B-channels 1 to 23, D-channel 24 with HDLC in software.
    pub(crate) fn t1_isdn(key: u8, id: u8) -> Self {
        Self::loc(key, id, 24).with("mulaw", &[(1, 24)]).with("bchan", &[(1, 23)]).with("dchan", &[(24, 24)])
    }

    /// A line of `system.conf` for these channels of the span (first and last of each range): `bchan`, `e&m`, `fxoks`, ...
    pub(crate) fn with(self, keyword: &str, ranges: &[(u16, u16)]) -> Self {
        self.with_suffix(keyword, ranges, "")
    }

    /// The same with what follows the channels: `:1101` for `cas`.
    pub(crate) fn with_suffix(mut self, keyword: &str, ranges: &[(u16, u16)], suffix: &str) -> Self {
        self.lines.push(Line { keyword: keyword.to_owned(), ranges: ranges.to_vec(), suffix: suffix.to_owned() });
        self
    }

    fn dynamic_line(&self) -> String {
        format!("dynamic=loc,{:x}:{:x},{},0\n", self.key, self.id, self.channels)
    }

    /// The lines about its channels, the first of which has this number.
    fn channel_lines(&self, first: u32) -> String {
        let absolute = |channel: u16| first + u32::from(channel) - 1;
        let range = |(from, to): &(u16, u16)| format!("{}-{}", absolute(*from), absolute(*to));
        let line = |Line { keyword, ranges, suffix }: &Line| {
            format!("{keyword}={}{suffix}\n", ranges.iter().map(range).collect::<Vec<_>>().join(","))
        };
        self.lines.iter().map(line).collect()
    }
}

/// A span that the kernel has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KernelSpan {
    /// As in `/proc/dahdi/<number>`.
    pub(crate) number: u32,
    first_channel: u32,
}

impl KernelSpan {
    /// DAHDI's number of a channel of the span, which counts from 1.
    pub(crate) fn channel(&self, channel: u16) -> u32 {
        self.first_channel + u32::from(channel) - 1
    }

    /// The text of `/proc/dahdi/<number>`; empty when the span is gone.
    pub(crate) fn proc_text(&self) -> String {
        std::fs::read_to_string(format!("/proc/dahdi/{}", self.number)).unwrap_or_default()
    }

    /// Its alarms as `dahdi_tool` names them, `RED` say; empty when there is none.
    #[track_caller]
    pub(crate) fn alarms(&self) -> Vec<&'static str> {
        let text = self.attribute("alarms");
        let bits = u32::from_str_radix(text.trim_start_matches("0x"), 16);
        let bits = bits.unwrap_or_else(|e| panic!("span {}: alarms are {text:?}: {e}", self.number));
        ALARMS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect()
    }

    /// A file of the span in sysfs, without the end of the line.
    #[track_caller]
    pub(crate) fn attribute(&self, name: &str) -> String {
        let file = format!("/sys/bus/dahdi_spans/devices/span-{}/{name}", self.number);
        std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("cannot read {file}: {e}")).trim().to_owned()
    }
}

/// The numbers of all spans of this kernel, in order.
pub(crate) fn kernel_spans() -> BTreeSet<u32> {
    let entries = std::fs::read_dir("/proc/dahdi").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Spans configured by `dahdi_cfg`. Dropping it shuts them down and removes them.
#[derive(Debug)]
pub(crate) struct FarEnd {
    folder: PathBuf,
    wanted: Vec<Span>,
    spans: Vec<KernelSpan>,
}

impl FarEnd {
    /// Makes the spans and configures their channels.
    #[track_caller]
    pub(crate) fn start(scratch: &Scratch, wanted: &[Span]) -> Self {
        require_dahdi();
        let mut far = Self { folder: scratch.subdirectory("dahdi-cfg"), wanted: wanted.to_vec(), spans: Vec::new() };
        far.make();
        far
    }

    #[track_caller]
    fn make(&mut self) {
        let lines: String = self.wanted.iter().map(Span::dynamic_line).collect();
        std::fs::write(self.dynamic(), &lines).unwrap();
        let before = kernel_spans();
        dahdi_cfg(&self.dynamic(), &[]);
        // DAHDI gives each new span the lowest free number, so only the order of those that are new is sure.
        let new: Vec<u32> = kernel_spans().difference(&before).copied().collect();
        for number in &new {
            let span = KernelSpan { number: *number, first_channel: 0 };
            let first_channel = span.attribute("basechan").parse().unwrap();
            self.spans.push(KernelSpan { number: *number, first_channel });
        }
        assert_eq!(new.len(), self.wanted.len(), "spans {new:?} are new, wanted were:\n{lines}");
        let pairs = self.wanted.iter().zip(&self.spans);
        let channels: String = pairs.map(|(span, made)| span.channel_lines(made.first_channel)).collect();
        let file = self.folder.join("channels.conf");
        std::fs::write(&file, format!("{channels}loadzone=us\ndefaultzone=us\n")).unwrap();
        dahdi_cfg(&file, &[]);
    }

    /// The `dynamic=` lines only: what `dahdi_cfg -s` removes.
    fn dynamic(&self) -> PathBuf {
        self.folder.join("dynamic.conf")
    }

    /// Its spans in the order in which they were wanted.
    pub(crate) fn spans(&self) -> &[KernelSpan] {
        &self.spans
    }

    /// Removes its spans, none of whose channels may be open: the near end loses its signal.
    #[track_caller]
    pub(crate) fn unplug(&self) {
        let left = self.remove();
        assert!(left.is_empty(), "spans {left:?} are still there: is a channel of theirs open?");
    }

    /// Makes its spans anew; numbers and channels are those of before.
    #[track_caller]
    pub(crate) fn plug_in(&mut self) {
        let before = std::mem::take(&mut self.spans);
        self.make();
        assert_eq!(self.spans, before, "the spans came back with other numbers");
    }

    /// Waits until none of its spans has an alarm.
    #[track_caller]
    pub(crate) fn wait_until_clear(&self) {
        let end = Instant::now() + PATIENCE;
        while let Some(span) = self.spans.iter().find(|span| !span.alarms().is_empty()) {
            let alarms = span.alarms();
            assert!(Instant::now() < end, "span {}: {alarms:?} after {PATIENCE:?}:\n{}", span.number, span.proc_text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns the numbers of those that could not be removed. The status of `dahdi_cfg -s` is 1 when all went well, and 1
    /// when not.
    fn remove(&self) -> Vec<u32> {
        let output = Command::new("dahdi_cfg").arg("-c").arg(self.dynamic()).arg("-s").output();
        let there = kernel_spans();
        let left: Vec<u32> = self.spans.iter().map(|span| span.number).filter(|number| there.contains(number)).collect();
        if !left.is_empty() {
            eprintln!("dahdi_cfg -s: {output:?}");
        }
        left
    }
}

impl Drop for FarEnd {
    fn drop(&mut self) {
        let left = self.remove();
        if !left.is_empty() {
            eprintln!("spans {left:?} could not be removed");
        }
    }
}

/// Runs `dahdi_cfg` on a configuration; panics with its words when it fails.
#[track_caller]
pub(crate) fn dahdi_cfg(config: &Path, options: &[&str]) -> String {
    let output = Command::new("dahdi_cfg").arg("-v").arg("-c").arg(config).args(options).output();
    let output = output.unwrap_or_else(|e| panic!("cannot run dahdi_cfg: {e}"));
    let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(config).unwrap_or_default();
    assert!(output.status.success(), "dahdi_cfg: {}\n{}\nfor:\n{text}", output.status, tail(&words, 40));
    words
}
