//! The list of what cannot run here: every row named with its reason, nothing said silently.

use xtask::not_run::lines;

#[test]
fn rows_with_name_and_reason_are_one_line_each() {
    let text = "[[not-run]]\nname = \"real-cards\"\nreason = \"no card in the machine\"\n";
    assert_eq!(lines(text).expect("a good list"), ["NOT RUN real-cards: no card in the machine"]);
}

#[test]
fn row_without_a_reason_is_refused() {
    assert!(lines("[[not-run]]\nname = \"real-cards\"\n").is_err());
    assert!(lines("[[not-run]]\nname = \"real-cards\"\nreason = \" \"\n").is_err());
}

#[test]
fn the_list_of_this_tree_can_be_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../hw-tests/not-run.toml");
    let text = std::fs::read_to_string(path).expect("the list");
    assert!(!lines(&text).expect("a good list").is_empty());
}
