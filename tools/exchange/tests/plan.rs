//! The number plan and its rules.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
use std::time::Duration;

use exchange::plan::{Plan, Rule, Treatment};
use isdn::CauseValue;

fn rule(text: &str) -> Treatment {
    text.parse::<Rule>().unwrap().treatment
}

#[test]
fn rules_read_as_written() {
    let ms = Duration::from_millis;
    assert_eq!(rule("1=answer"), Treatment::Answer { after: ms(200), clear_after: None });
    assert_eq!(rule("1=answer:0"), Treatment::Answer { after: ms(0), clear_after: None });
    assert_eq!(rule("1=clear:1500"), Treatment::Answer { after: ms(200), clear_after: Some(ms(1500)) });
    assert_eq!(rule("1=echo:10"), Treatment::Echo { after: ms(10) });
    assert_eq!(rule("1=ring"), Treatment::Ring);
    assert_eq!(rule("=busy"), Treatment::Reject(CauseValue(17)));
    assert_eq!(rule("*21#=unallocated"), Treatment::Reject(CauseValue(1)));
    assert_eq!(rule("1=congested"), Treatment::Reject(CauseValue(34)));
    assert_eq!(rule("1=reject:127"), Treatment::Reject(CauseValue(127)));
}

#[test]
fn nonsense_is_refused_with_what_is_expected() {
    for text in [
        "",
        "1",
        "1=",
        "1=wink",
        "1=busy:3",
        "1=ring:3",
        "1=reject",
        "1=reject:0",
        "1=reject:128",
        "1=answer:soon",
        "1=clear",
        "x=busy",
    ] {
        let error = text.parse::<Rule>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("'{text}' is no rule: PREFIX=")), "{error}");
    }
}

#[test]
fn longest_prefix_wins_later_of_equals_wins_nothing_is_unallocated() {
    let mut plan = Plan::empty();
    for text in ["5=ring", "55=busy", "55=congested", "5512=answer"] {
        plan.add(text.parse().unwrap());
    }
    assert_eq!(plan.treat("5999"), Treatment::Ring);
    assert_eq!(plan.treat("5599"), Treatment::Reject(CauseValue(34)));
    assert_eq!(plan.treat("5512"), rule("1=answer"));
    assert_eq!(plan.treat("551"), Treatment::Reject(CauseValue(34)));
    assert_eq!(plan.treat("6"), Treatment::Reject(CauseValue(1)));
    assert_eq!(plan.treat(""), Treatment::Reject(CauseValue(1)));
}
