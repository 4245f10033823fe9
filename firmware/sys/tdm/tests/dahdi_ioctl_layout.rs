//! Every number, size, offset and constant of `tdm::dahdi::ioctl` against what a C compiler says of DAHDI's own headers, `user.h` and
//! `wctdm_user.h` of Debian's dahdi-source. Nothing of them is in the repository: the tarball is unpacked for the test.
//!
//! The list of structures, fields and constants is read from `ioctl.rs` itself, so that none can be added without being compared.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

use tdm::dahdi::ioctl::{
    AttachEchocan, BufferInfo, ChanConfig, DynamicSpan, EchoTune, EchocanParam, EchocanParams, HwGain, LineConfig, LineVoltage,
    MaintInfo, NUMBERS, Params, SpanStat, ToneDef, ToneZoneHeader, ToneZoneImage, VersionInfo,
};

const TARBALL: &str = "/usr/src/dahdi.tar.bz2";
const SOURCE: &str = include_str!("../src/dahdi/ioctl.rs");

/// A structure of ours: name, the C type, size, fields with their offsets.
struct Layout {
    name: &'static str,
    c_type: &'static str,
    size: usize,
    fields: BTreeMap<&'static str, usize>,
}

macro_rules! layouts {
    ($($name:ident $c_type:literal { $($field:ident)* })*) => {
        vec![$(Layout {
            name: stringify!($name),
            c_type: $c_type,
            size: size_of::<$name>(),
            fields: BTreeMap::from([$((stringify!($field), offset_of!($name, $field)),)*]),
        },)*]
    };
}

fn layouts() -> Vec<Layout> {
    layouts! {
        VersionInfo "struct dahdi_versioninfo" { version echo_canceller }
        SpanStat "struct dahdi_spaninfo" {
            spanno name desc alarms txlevel rxlevel bpvcount crc4count ebitcount fascount fecount cvcount becount prbs errsec
            irqmisses syncsrc numchans totalchans totalspans lbo lineconfig lboname location manufacturer devicetype irq linecompat
            spantype
        }
        LineConfig "struct dahdi_lineconfig" { span name lbo lineconfig sync }
        ChanConfig "struct dahdi_chanconfig" { chan name sigtype deflaw master idlebits netdev_name }
        Params "struct dahdi_params" {
            channo spanno chanpos sigtype sigcap rxisoffhook rxbits txbits txhooksig rxhooksig curlaw idlebits name prewinktime
            preflashtime winktime flashtime starttime rxwinktime rxflashtime debouncetime pulsebreaktime pulsemaketime pulseaftertime
            chan_alarms
        }
        BufferInfo "struct dahdi_bufferinfo" { txbufpolicy rxbufpolicy numbufs bufsize readbufs writebufs }
        MaintInfo "struct dahdi_maintinfo" { spanno command }
        AttachEchocan "struct dahdi_attach_echocan" { chan echocan }
        EchocanParam "struct dahdi_echocanparam" { name value }
        EchocanParams "struct dahdi_echocanparams" { tap_length param_count params }
        DynamicSpan "struct dahdi_dynamic_span" { driver addr numchans timing spanno }
        ToneDef "struct dahdi_tone_def" {
            tone next samples shift fac1 init_v2_1 init_v3_1 fac2 init_v2_2 init_v3_2 modulate
        }
        ToneZoneHeader "struct dahdi_tone_def_header" { count zone ringcadence name }
        ToneZoneImage "struct dahdi_tone_def_header" { header tones }
        HwGain "struct dahdi_hwgain" { newgain tx }
        EchoTune "struct wctdm_echo_coefs" { acim coefficients }
        LineVoltage "struct wctdm_stats" { tipvolt ringvolt batvolt }
    }
}

/// Structures of `ioctl.rs` with their public fields and types, as written there.
fn declared_structures() -> BTreeMap<&'static str, BTreeMap<&'static str, &'static str>> {
    let mut structures = BTreeMap::new();
    let mut current: Option<&str> = None;
    for line in SOURCE.lines() {
        if let Some(name) = line.strip_prefix("pub struct ").and_then(|rest| rest.strip_suffix(" {")) {
            current = Some(name);
            structures.insert(name, BTreeMap::new());
        } else if line == "}" {
            current = None;
        } else if let (Some(name), Some(field)) = (current, line.strip_prefix("    pub ")) {
            let (field, kind) = field.trim_end_matches(',').split_once(": ").expect("a field");
            structures.get_mut(name).unwrap().insert(field, kind);
        }
    }
    structures
}

/// Constants of the module `value` with the expression they are given, which is C too.
fn declared_values() -> BTreeMap<&'static str, &'static str> {
    let module = SOURCE.split_once("pub mod value {").expect("the module").1;
    let constant = |line: &'static str| {
        let (name, rest) = line.trim().strip_prefix("pub const ")?.split_once(": ")?;
        let value = rest.split_once(" = ")?.1.trim_end_matches(';');
        Some((name, value))
    };
    module.lines().filter_map(constant).collect()
}

/// Size of a field by its type.
fn size_of_type(kind: &str) -> usize {
    if let Some(length) = kind.strip_prefix("Text<").and_then(|rest| rest.strip_suffix('>')) {
        return length.parse().unwrap();
    }
    if let Some((element, length)) =
        kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|rest| rest.split_once("; "))
    {
        let length: usize = length.parse().unwrap();
        return size_of_type(element) * length;
    }
    match kind {
        "c_int" | "u32" | "i32" => 4,
        "u8" => 1,
        "EchocanParam" => size_of::<EchocanParam>(),
        other => panic!("what size is {other}?"),
    }
}

/// What is compared with what: (what, our value, C expression).
fn comparisons() -> Vec<(String, String, String)> {
    let mut all: Vec<(String, String, String)> = Vec::new();
    let mut compare = |what: String, ours: String, c: String| all.push((what, ours, c));
    for (name, number) in NUMBERS {
        compare((*name).to_owned(), format!("{number}u"), (*name).to_owned());
    }
    for (name, value) in declared_values() {
        let c = if name == "ELAST" { name.to_owned() } else { format!("DAHDI_{name}") };
        compare(name.to_owned(), value.to_owned(), c);
    }
    let declared = declared_structures();
    for layout in layouts() {
        let Layout { name, c_type, size, fields } = layout;
        // Two of ours end in room for what the kernel's type leaves open.
        let c_size = match name {
            "EchocanParams" => format!("sizeof({c_type}) + 8 * sizeof(struct dahdi_echocanparam)"),
            "ToneZoneImage" => format!("sizeof({c_type}) + 128 * sizeof(struct dahdi_tone_def)"),
            _ => format!("sizeof({c_type})"),
        };
        compare(format!("size of {name}"), size.to_string(), c_size);
        for (field, offset) in fields {
            let what = format!("{name}.{field}");
            let kind = declared[name][field];
            let (c_offset, c_size) = match (name, field) {
                ("ToneZoneImage", "header") => ("0".to_owned(), format!("sizeof({c_type})")),
                ("ToneZoneImage", "tones") => {
                    (format!("offsetof({c_type}, tones)"), "128 * sizeof(struct dahdi_tone_def)".to_owned())
                }
                ("EchocanParams", "params") => (
                    format!("offsetof({c_type}, params)"),
                    "DAHDI_MAX_ECHOCANPARAMS * sizeof(struct dahdi_echocanparam)".to_owned(),
                ),
                ("EchoTune", "coefficients") => {
                    (format!("offsetof({c_type}, coef1)"), format!("offsetof({c_type}, coef8) - offsetof({c_type}, coef1) + 1"))
                }
                // A bit field has no address: `main` looks at its bytes.
                ("HwGain", "tx") => ("tx_word * sizeof(unsigned)".to_owned(), "sizeof(unsigned)".to_owned()),
                _ => (format!("offsetof({c_type}, {field})"), format!("sizeof((({c_type} *)0)->{field})")),
            };
            compare(format!("offset of {what}"), offset.to_string(), c_offset);
            let size = match kind {
                "ToneZoneHeader" => size_of::<ToneZoneHeader>(),
                "[ToneDef; TONE_STEPS]" => 128 * size_of::<ToneDef>(),
                kind => size_of_type(kind),
            };
            compare(format!("size of {what}"), size.to_string(), c_size);
        }
    }
    for (tone, number) in [("DIALTONE", 0), ("BUSY", 1), ("RINGTONE", 2), ("CONGESTION", 3)] {
        compare(format!("tone {tone}"), number.to_string(), format!("DAHDI_TONE_{tone}"));
    }
    compare("ring cadence".to_owned(), "16".to_owned(), "DAHDI_MAX_CADENCE".to_owned());
    all
}

fn program(comparisons: &[(String, String, String)]) -> String {
    let mut text =
        "#include <stddef.h>\n#include <stdio.h>\n#include <string.h>\n#include <dahdi/user.h>\n#include <dahdi/wctdm_user.h>\n\
        static int bad;\n\
        static void same(const char *what, long long ours, long long kernels) {\n\
        \tif (ours == kernels) return;\n\
        \tbad = 1;\n\
        \tprintf(\"%s: ours %lld, the kernel's %lld\\n\", what, ours, kernels);\n}\n\
        int main(void) {\n\
        \tstruct dahdi_hwgain gain;\n\tunsigned words[sizeof(gain) / sizeof(unsigned)];\n\tunsigned tx_word = 0;\n\
        \tmemset(&gain, 0, sizeof(gain));\n\tgain.tx = 1;\n\tmemcpy(words, &gain, sizeof(gain));\n\
        \twhile (tx_word < sizeof(words) / sizeof(words[0]) && words[tx_word] != 1) tx_word++;\n"
            .to_owned();
    for (what, ours, c) in comparisons {
        writeln!(text, "\tsame(\"{what}\", {ours}, {c});").unwrap();
    }
    text + "\tif (!bad) puts(\"all the same\");\n\treturn bad;\n}\n"
}

/// A folder that is removed when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tdm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The output of a program that must succeed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}: run `tools/packages test`"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
    text
}

/// Compiles and runs `text` against the headers.
fn compiled(name: &str, text: &str) -> (bool, String) {
    assert!(Path::new(TARBALL).exists(), "{TARBALL} is missing (Debian package dahdi-source): run `tools/packages test`");
    let scratch = Scratch::new(name);
    run(Command::new("tar").args(["xjf", TARBALL, "-C"]).arg(&scratch.0).arg("modules/dahdi/include"));
    let (source, binary) = (scratch.0.join("layout.c"), scratch.0.join("layout"));
    std::fs::write(&source, text).unwrap();
    let include = scratch.0.join("modules/dahdi/include");
    run(Command::new("gcc")
        .args(["-Wall", "-Werror", "-Wno-overflow", "-O0", "-I"])
        .arg(include)
        .arg("-o")
        .arg(&binary)
        .arg(&source));
    let output = Command::new(&binary).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_structure_and_field_is_compared() {
    let ours: BTreeMap<&str, BTreeSet<&str>> =
        layouts().iter().map(|layout| (layout.name, layout.fields.keys().copied().collect())).collect();
    let declared: BTreeMap<&str, BTreeSet<&str>> =
        declared_structures().into_iter().map(|(name, fields)| (name, fields.into_keys().collect())).collect();
    assert_eq!(ours, declared);
    assert_eq!(
        declared.len() + 1,
        SOURCE.matches("\npub struct ").count(),
        "a structure was not understood (Text is none of them)"
    );
    let module = SOURCE.split_once("pub mod value {").unwrap().1;
    assert_eq!(declared_values().len(), module.matches("pub const ").count(), "a constant was not understood");
}

#[test]
fn numbers_sizes_offsets_and_constants_are_the_kernels() {
    let comparisons = comparisons();
    assert!(comparisons.len() > 300, "{} comparisons", comparisons.len());
    let (same, text) = compiled("layout", &program(&comparisons));
    assert!(same && text == "all the same\n", "{text}");
}

#[test]
fn a_wrong_number_offset_or_constant_is_told() {
    let mut wrong = comparisons();
    for what in ["DAHDI_SPANSTAT", "offset of SpanStat.bpvcount", "EVENT_POLARITY", "offset of HwGain.tx"] {
        let line = wrong.iter_mut().find(|(name, ..)| name == what).unwrap();
        line.1 += " + 1";
    }
    let (same, text) = compiled("layout-wrong", &program(&wrong));
    assert!(!same);
    assert_eq!(text.lines().count(), 4, "{text}");
}
