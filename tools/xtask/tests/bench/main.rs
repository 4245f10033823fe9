//! The frame of `cargo xtask bench`: rows, medians, table, areas. The programs themselves are measured elsewhere.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::PathBuf;
use xtask::Tree;
use xtask::bench::median::{MergeError, median};
use xtask::bench::row::{Better, Row, RowError};
use xtask::bench::{BenchError, Course, Summary, choose, measure_all, merge, needs, table};

const FULL: &str = r#"{"area":"call","name":"post-dial delay p50","unit":"ms","value":12.5,"better":"lower","target":20,"peer":"asterisk-22 (recorded)","peer_value":null,"ratio":null}"#;

fn row(name: &str, value: f64) -> Row {
    Row {
        area: "call".to_owned(),
        name: name.to_owned(),
        unit: "ms".to_owned(),
        value,
        better: Better::Lower,
        target: None,
        peer: None,
        peer_value: None,
        ratio: None,
    }
}

#[test]
fn row_in_full_is_read_and_written_unchanged() {
    let row = Row::parse("call", FULL).unwrap();
    assert_eq!((row.value, row.better, row.target), (12.5, Better::Lower, Some(20.0)));
    assert_eq!(row.peer.as_deref(), Some("asterisk-22 (recorded)"));
    let written: serde_json::Value = serde_json::from_str(&serde_json::json!(row).to_string()).unwrap();
    let wanted: serde_json::Value = serde_json::from_str(&FULL.replace("20,", "20.0,")).unwrap();
    assert_eq!(written, wanted);
}

#[test]
fn row_without_optional_fields_is_written_with_nulls() {
    let row = Row::parse("sip", r#"{"area":"sip","name":"parse","unit":"us","value":3,"better":"higher"}"#).unwrap();
    let written = serde_json::json!(row).to_string();
    for field in ["target", "peer", "peer_value", "ratio"] {
        assert!(written.contains(&format!("\"{field}\":null")), "{written}");
    }
}

#[test]
fn bad_rows_are_refused_with_the_line() {
    for bad in
        ["hello", "{}", r#"{"area":"call","name":"x","unit":"","value":"1","better":"lower"}"#, &FULL.replace("lower", "less")]
    {
        let error = Row::parse("call", bad).unwrap_err();
        assert!(matches!(&error, RowError::Shape { line, .. } if line == bad), "{error}");
    }
    let unknown = FULL.replace("\"ratio\"", "\"rato\"");
    assert!(matches!(Row::parse("call", &unknown), Err(RowError::Shape { .. })));
}

#[test]
fn row_of_another_area_is_refused() {
    let error = Row::parse("sip", FULL).unwrap_err();
    assert_eq!(error.to_string(), "a row of area call from the program of area sip");
}

#[test]
fn target_is_judged_by_its_direction() {
    let judged = |better, value| Row { better, target: Some(10.0), ..row("x", value) }.meets_target();
    assert_eq!(judged(Better::Lower, 10.0), Some(true));
    assert_eq!(judged(Better::Lower, 10.1), Some(false));
    assert_eq!(judged(Better::Higher, 10.0), Some(true));
    assert_eq!(judged(Better::Higher, 9.9), Some(false));
    assert_eq!(row("x", 1.0).meets_target(), None);
}

#[test]
fn median_is_the_middle_of_any_number() {
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[7.0]), Some(7.0));
    assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
    assert_eq!(median(&[4.0, 1.0, 3.0, 1000.0]), Some(3.5));
}

#[test]
fn merge_takes_medians_and_works_out_the_ratio() {
    let with_peer =
        |value, peer_value| Row { peer: Some("rtpengine".to_owned()), peer_value: Some(peer_value), ..row("cpu", value) };
    let runs = [
        vec![with_peer(1.0, 2.0), row("memory", 40.0)],
        vec![row("memory", 44.0), with_peer(9.0, 3.0)],
        vec![with_peer(2.0, 4.0), row("memory", 41.0)],
    ];
    let summaries = merge(&runs).unwrap();
    let wanted = [
        Summary { row: Row { ratio: Some(2.0 / 3.0), ..with_peer(2.0, 3.0) }, lowest: 1.0, highest: 9.0 },
        Summary { row: row("memory", 41.0), lowest: 40.0, highest: 44.0 },
    ];
    assert_eq!(summaries, wanted);
}

#[test]
fn merge_of_recorded_peer_has_no_ratio() {
    let recorded = Row { peer: Some("asterisk-22 (recorded)".to_owned()), ratio: Some(3.0), ..row("cpu", 1.0) };
    assert_eq!(merge(&[vec![recorded]]).unwrap()[0].row.ratio, None);
}

#[test]
fn merge_of_runs_that_left_a_figure_out_is_refused() {
    let error = merge(&[vec![row("cpu", 1.0)], vec![row("cpu", 1.0), row("memory", 2.0)]]).unwrap_err();
    assert_eq!(error, MergeError::Uneven { area: "call".to_owned(), name: "memory".to_owned(), found: 1, runs: 2 });
    let twice = merge(&[vec![row("cpu", 1.0), row("cpu", 2.0)]]);
    assert!(twice.is_err());
}

#[test]
fn table_shows_missed_targets_and_lines_up() {
    let summary = |name, value, target| Summary { row: Row { target, ..row(name, value) }, lowest: value, highest: value * 2.0 };
    let text = table(&[summary("set-up", 1234.5, None), summary("delay", 0.25, Some(0.1)), summary("cpu", 12.0, Some(12.0))]);
    let wanted = "\
area  name    value  unit         range        target  peer  peer value  ratio
call  set-up   1234  ms      1234..2469             -  -              -      -
call  delay   0.250  ms    0.250..0.500  0.100 MISSED  -              -      -
call  cpu     12.00  ms    12.00..24.00     12.00 met  -              -      -
";
    assert_eq!(text, wanted);
}

#[test]
fn unknown_area_names_those_there_are() {
    let binaries = [("bench-call".to_owned(), "gateway".to_owned()), ("bench-sip".to_owned(), "hw-tests".to_owned())];
    let error = choose(&binaries, Some("fax")).unwrap_err();
    assert_eq!(error.to_string(), "no area fax, there is call, sip");
    assert_eq!(choose(&binaries, None).unwrap().len(), 2);
    let one = choose(&binaries, Some("sip")).unwrap();
    assert_eq!((one.len(), one[0].name.as_str(), one[0].package.as_str()), (1, "sip", "hw-tests"));
}

#[test]
fn workspace_without_bench_programs_is_an_error() {
    assert!(matches!(choose(&[], None), Err(BenchError::NoArea)));
}

const ONCE: Course = Course { runs: 1, core: 0, quick: false };

/// A workspace whose one package holds `bench-<area>`, with `body` as its main.
fn program(area: &str, body: &str) -> Tree {
    program_that_needs(area, body, "")
}

/// The same, with `needs` as its package's metadata and a program `helper` that prints `helped`.
fn program_that_needs(area: &str, body: &str, needs: &str) -> Tree {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench").join(area);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("src/bin")).unwrap();
    let manifest = format!("[package]\nname = \"holds-{area}\"\nedition = \"2024\"\n\n{needs}\n[workspace]\n");
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("src/bin/helper.rs"), "fn main() { print!(\"helped\") }\n").unwrap();
    fs::write(root.join(format!("src/bin/bench-{area}.rs")), format!("fn main() {{ {body} }}\n")).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let lock = std::process::Command::new(cargo).current_dir(&root).args(["generate-lockfile", "--offline"]).status();
    assert!(lock.unwrap().success());
    Tree::load(&root).unwrap()
}

#[test]
fn program_is_built_run_on_its_core_and_summarised() {
    // Prints how many cores it may use, which pinning makes one, and what it was told.
    let body = r##"let cores = std::thread::available_parallelism().unwrap().get();
        let core = std::env::var("JUNCTOR_BENCH_CORE").unwrap();
        println!(r#"{{"area":"pin","name":"cores","unit":"cores","value":{cores},"better":"lower"}}"#);
        let quick = std::env::var("JUNCTOR_BENCH_QUICK").map_or(0, |_| 1);
        println!(r#"{{"area":"pin","name":"quick","unit":"","value":{quick},"better":"lower"}}"#);
        println!(r#"{{"area":"pin","name":"core","unit":"core","value":{core},"better":"lower"}}"#);"##;
    let tree = program("pin", body);
    let areas = choose(&tree.binaries("bench-"), None).unwrap();
    let summaries = measure_all(&tree, &areas, Course { runs: 2, quick: true, core: 0 }).unwrap();
    let figures: Vec<_> = summaries.iter().map(|summary| (summary.row.name.as_str(), summary.row.value)).collect();
    assert_eq!(figures, [("cores", 1.0), ("quick", 1.0), ("core", 0.0)]);
}

#[test]
fn program_that_fails_or_chatters_is_an_error() {
    let tree = program("failing", "std::process::exit(3)");
    let areas = choose(&tree.binaries("bench-"), None).unwrap();
    assert!(matches!(measure_all(&tree, &areas, ONCE), Err(BenchError::Failed { .. })));
    let tree = program("chatting", "println!(\"warming up\")");
    let areas = choose(&tree.binaries("bench-"), None).unwrap();
    assert!(matches!(measure_all(&tree, &areas, ONCE), Err(BenchError::Row { .. })));
}

#[test]
fn quick_run_tells_the_program_and_whole_run_does_not() {
    let body = r##"let quick = u8::from(std::env::var("JUNCTOR_BENCH_QUICK").is_ok_and(|value| value == "1"));
        println!(r#"{{"area":"quick","name":"quick","unit":"","value":{quick},"better":"lower"}}"#);"##;
    let tree = program("quick", body);
    let areas = choose(&tree.binaries("bench-"), None).unwrap();
    for (quick, told) in [(true, 1.0), (false, 0.0)] {
        let summaries = measure_all(&tree, &areas, Course { quick, ..ONCE }).unwrap();
        assert_eq!(summaries[0].row.value, told);
    }
}

#[test]
fn programs_that_an_area_needs_are_built_beside_it() {
    let body = r##"let helper = std::env::current_exe().unwrap().with_file_name("helper");
        let said = std::process::Command::new(helper).output().unwrap().stdout;
        println!(r#"{{"area":"needy","name":"helped","unit":"","value":{},"better":"lower"}}"#, u8::from(said == b"helped"));"##;
    let tree = program_that_needs("needy", body, "[package.metadata.bench]\nneedy = [\"helper\"]\n");
    let areas = choose(&tree.binaries("bench-"), None).unwrap();
    assert_eq!(needs(&tree, &areas[0]).unwrap(), [("helper".to_owned(), "holds-needy".to_owned())]);
    assert_eq!(measure_all(&tree, &areas, ONCE).unwrap()[0].row.value, 1.0);
}

#[test]
fn need_of_an_unknown_program_or_in_another_form_is_an_error() {
    for (needs_line, message) in [
        ("[\"helpr\"]", "wrong-needs needs the program helpr, which is in no package of the workspace"),
        ("7", "package.metadata.bench.wrong-needs of holds-wrong-needs: expected a list of programs, found 7"),
    ] {
        let manifest = format!("[package.metadata.bench]\nwrong-needs = {needs_line}\n");
        let tree = program_that_needs("wrong-needs", "", &manifest);
        let areas = choose(&tree.binaries("bench-"), None).unwrap();
        assert_eq!(needs(&tree, &areas[0]).unwrap_err().to_string(), message);
    }
}
