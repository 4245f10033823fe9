//! Tests over DAHDI, one file per behaviour. They need a kernel with DAHDI's modules and no spans but their own:
//! `cargo xtask hw-test` runs them in QEMU, one at a time, each in a process of its own; `cargo xtask hw-test --rig FILE` on a
//! machine with cards. On any other machine each fails and says so ([`far_end::require_dahdi`]). Those of a sound card need none of
//! DAHDI but the same guest ([`sound_loop::require_loop`]).
#![allow(unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod abcd;
mod bad_input;
mod bench_dahdi;
mod bit_error_test;
mod call_row;
mod calls;
mod calls_e1;
mod calls_t1;
mod capture;
mod channels_120;
mod em_wink;
mod far_end;
mod group;
mod hooks;
mod kewl_start;
mod libpri_pair;
mod link_loss;
mod mirror;
mod near_end;
mod on_host;
mod scene;
mod sequence;
mod skipped_wake;
mod smoke;
mod sound_calls;
mod sound_card;
mod sound_loop;
mod spans;
mod speech;
mod stranger;
mod switch_types;
mod talk;
