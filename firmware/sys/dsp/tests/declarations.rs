//! The declarations in `src/ffi.rs` against spandsp's own headers: each function's parameters and result, each constant's value.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

fn crate_file(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

/// All headers, without comments, on one line.
fn headers() -> String {
    let folder = "spandsp-sys/vendor/src/spandsp";
    let names = [
        "logging.h",
        "dtmf.h",
        "bell_r2_mf.h",
        "async.h",
        "fsk.h",
        "super_tone_rx.h",
        "modem_connect_tones.h",
        "g722.h",
        "plc.h",
        "echo.h",
    ];
    let mut text: String = names.iter().map(|name| crate_file(&format!("{folder}/{name}"))).collect();
    while let Some(start) = text.find("/*") {
        let end = start + text[start..].find("*/").unwrap() + 2;
        text.replace_range(start..end, " ");
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A parameter's C type in Rust: `const int16_t amp[]` is `*const i16`.
fn parameter(c: &str) -> String {
    let is_array = c.ends_with("[]");
    let words = c.trim_end_matches("[]").replace('*', " * ");
    let mut words: Vec<&str> = words.split_whitespace().collect();
    let name = words.pop().unwrap();
    assert!(name != "*", "a parameter without a name: {c}");
    let is_const = words.first() == Some(&"const");
    let stars = words.iter().filter(|word| **word == "*").count() + usize::from(is_array);
    let base = *words.iter().find(|word| !matches!(**word, "const" | "*")).unwrap();
    let qualifier = if is_const { "*const " } else { "*mut " };
    qualifier.repeat(stars) + base_type(base)
}

fn base_type(c: &str) -> &str {
    match c {
        "int" => "c_int",
        "char" => "c_char",
        "void" => "c_void",
        "int16_t" => "i16",
        "uint8_t" => "u8",
        "float" => "f32",
        "size_t" => "usize",
        other => other,
    }
}

/// `SPAN_DECLARE(int) name(..)` as `(i32, ..) -> c_int` without names.
fn in_header(headers: &str, name: &str) -> String {
    let head = format!(") {name}(");
    let at = headers.find(&head).unwrap_or_else(|| panic!("no header declares {name}"));
    let from = headers[..at].rfind("SPAN_DECLARE(").unwrap() + "SPAN_DECLARE(".len();
    let result = &headers[from..at];
    let rest = &headers[at + head.len()..];
    let parameters = &rest[..rest.find(')').unwrap()];
    let parameters: Vec<_> = parameters.split(',').map(|one| parameter(one.trim())).collect();
    let result = if result == "void" { String::new() } else { format!(" -> {}", parameter(&format!("{result} x"))) };
    format!("({}){result}", parameters.join(", "))
}

/// Every `fn name(..) -> ..;` of ffi.rs, without names.
fn in_rust(text: &str) -> BTreeMap<String, String> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let one = |declaration: &str| {
        let (name, rest) = declaration.split_once('(').unwrap();
        let (parameters, result) = rest.split_once(')').unwrap();
        let types = parameters.split(',').map(str::trim).filter(|one| !one.is_empty());
        let types: Vec<_> = types.map(|one| one.split_once(':').unwrap().1.trim()).collect();
        (name.to_owned(), format!("({}){}", types.join(", "), result.trim_end_matches(';')))
    };
    let declarations = flat.split("pub(crate) fn ").skip(1);
    declarations.map(|rest| one(rest.split_inclusive(';').next().unwrap())).collect()
}

#[test]
fn every_function_is_declared_as_in_its_header() {
    let headers = headers();
    let functions = in_rust(&crate_file("src/ffi.rs"));
    assert!(functions.len() > 50, "{} functions found", functions.len());
    for (name, declared) in &functions {
        assert_eq!(*declared, in_header(&headers, name), "{name}");
    }
}

#[test]
fn every_constant_has_the_value_of_its_header() {
    let (headers, text) = (headers(), crate_file("src/ffi.rs"));
    let mut count = 0;
    for line in text.lines().filter_map(|line| line.strip_prefix("pub(crate) const ")) {
        let (name, value) = line.trim_end_matches(';').split_once(": c_int = ").unwrap();
        let number = |text: &str| match text.strip_prefix("0x") {
            Some(hex) => i32::from_str_radix(hex, 16).unwrap(),
            None => text.parse().unwrap(),
        };
        // FSK_ constants count up without values.
        let listed = headers.find(&format!("{name} = ")).map(|at| {
            let rest = &headers[at + name.len() + 3..];
            number(rest[..rest.find([',', ' ', '}']).unwrap()].trim())
        });
        let counted = || {
            let list = &headers[headers.find("FSK_V21CH1 = 0").unwrap()..];
            list.split(',').position(|one| one.trim() == name)
        };
        let wanted = listed.or_else(|| counted().map(|at| at as i32));
        assert_eq!(Some(number(value)), wanted, "{name}");
        count += 1;
    }
    assert!(count > 20, "{count} constants found");
}

#[test]
fn fsk_spec_has_the_fields_of_its_header_in_order() {
    let headers = headers();
    let end = headers.find("} fsk_spec_t;").unwrap();
    let fields = &headers[headers[..end].rfind('{').unwrap() + 1..end];
    let fields: Vec<_> = fields.split(';').map(str::trim).filter(|one| !one.is_empty()).collect();
    let ours = ["const char *name", "int freq_zero", "int freq_one", "int tx_level", "int min_level", "int baud_rate"];
    assert_eq!(fields, ours);
    let text = crate_file("src/ffi.rs");
    let body = &text[text.find("struct fsk_spec_t {").unwrap()..];
    let names: Vec<_> =
        body[..body.find('}').unwrap()].lines().skip(1).filter_map(|line| line.trim().strip_prefix("pub(crate) ")).collect();
    assert_eq!(
        names,
        [
            "name: *const c_char,",
            "freq_zero: c_int,",
            "freq_one: c_int,",
            "tx_level: c_int,",
            "min_level: c_int,",
            "baud_rate: c_int,"
        ]
    );
}
