//! The list of tests: what libtest prints, and what is chosen of it.

use xtask::hw_test::HwTestError;
use xtask::hw_test::programs::{Test, choose, names};

fn tests() -> Vec<Test> {
    let test = |name: &str, ignored| Test { name: name.to_owned(), ignored };
    vec![test("smoke::a", false), test("row::twenty", false), test("row::two_hundred", true)]
}

#[test]
fn names_are_taken_from_the_terse_list_and_nothing_else_is() {
    let text = "smoke::a: test\nbench::b: benchmark\n\n3 tests, 1 benchmark\nrow::twenty: test\n";
    assert_eq!(names(text).collect::<Vec<_>>(), ["smoke::a", "row::twenty"]);
}

#[test]
fn ignored_tests_are_run_when_asked_for_and_then_alone() {
    assert_eq!(choose(&tests(), None, false).unwrap(), ["smoke::a", "row::twenty"]);
    assert_eq!(choose(&tests(), None, true).unwrap(), ["row::two_hundred"]);
    assert_eq!(choose(&tests(), Some("row"), false).unwrap(), ["row::twenty"]);
}

#[test]
fn filter_that_fits_nothing_is_an_error_with_the_names() {
    let error = choose(&tests(), Some("speech"), false).unwrap_err();
    assert!(matches!(error, HwTestError::NoTest { there: 2, .. }));
    assert_eq!(error.to_string(), "no test's name contains \"speech\"; there are 2: smoke::a, row::twenty");
}
