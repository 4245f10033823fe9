//! The number plan: defaults, rules over them, rules that cannot be read.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::time::Duration;

use libpri_peer::plan::{Action, NumberPlan, Rule};

#[test]
fn default_numbers_do_what_the_exchange_does() {
    let plan = NumberPlan::default();
    assert_eq!(plan.action("5551001"), Action::Answer { clear_after: None, echo: false });
    assert_eq!(plan.action("5552001"), Action::Refuse { cause: 17 });
    assert_eq!(plan.action("5553001"), Action::Refuse { cause: 1 });
    assert_eq!(plan.action("5554001"), Action::Ring);
    assert_eq!(plan.action("5555001"), Action::Answer { clear_after: Some(Duration::from_secs(1)), echo: false });
    assert_eq!(plan.action("5556001"), Action::Refuse { cause: 34 });
    assert_eq!(plan.action("5557001"), Action::Answer { clear_after: None, echo: true });
}

#[test]
fn number_without_a_rule_is_unallocated() {
    assert_eq!(NumberPlan::default().action("911"), Action::Refuse { cause: 1 });
    assert_eq!(NumberPlan::default().action(""), Action::Refuse { cause: 1 });
}

#[test]
fn rule_replaces_the_default_and_the_longest_prefix_decides() {
    let plan = NumberPlan::with(["5551=busy", "55519=refuse:21", "=ring"].map(|rule| rule.parse::<Rule>().unwrap()));
    assert_eq!(plan.action("5551001"), Action::Refuse { cause: 17 });
    assert_eq!(plan.action("5551900"), Action::Refuse { cause: 21 });
    assert_eq!(plan.action("100"), Action::Ring);
}

#[test]
fn bad_rules_are_refused() {
    for text in
        ["", "5551", "5551=", "5551=sing", "5551=clear", "5551=clear:x", "5551=refuse:0", "5551=refuse:128", "5551=busy:3"]
    {
        assert!(text.parse::<Rule>().is_err(), "{text:?} was taken");
    }
}
