//! Whole-box tests: [`call::Engine`] between simulated far ends in virtual time. One module a behaviour.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "tests; virtual time needs one real instant to start from"
)]

mod basic_call;
mod bench;
mod congestion;
mod crossing;
mod digits;
mod early_media;
mod ending_words;
mod endurance;
mod far_side;
mod giving_up;
mod hang_up;
mod hold;
mod hold_by_isdn;
mod ladders;
mod late_name;
mod media_words;
mod nfas;
mod no_answer;
mod numbers;
mod offers;
mod overlap;
mod parties;
mod reachability;
mod refused;
mod span_states;
mod streams;
mod tones_of_failure;
mod tones_of_ringing;
mod tones_owed;
mod transit;
mod trouble;
