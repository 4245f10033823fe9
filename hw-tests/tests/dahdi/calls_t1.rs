//! Calls over DAHDI, EuroISDN on a T1: mu-law, D-channel in timeslot 24; the box as user and as network.

use crate::calls;
use crate::scene::Trunk;

#[test]
fn user_calls_each_number_of_libpri() {
    calls::sipp_calls_each_number_of_libpri(Trunk::T1_USER);
}

#[test]
fn network_calls_each_number_of_libpri() {
    calls::sipp_calls_each_number_of_libpri(Trunk::T1_NETWORK);
}

#[test]
fn libpri_network_calls_and_both_ends_clear() {
    calls::libpri_calls_sipp_and_both_ends_clear(Trunk::T1_USER);
}

#[test]
fn libpri_user_calls_and_both_ends_clear() {
    calls::libpri_calls_sipp_and_both_ends_clear(Trunk::T1_NETWORK);
}

#[test]
fn libpri_network_calls_numbers_that_do_not_answer() {
    calls::libpri_calls_numbers_that_do_not_answer(Trunk::T1_USER);
}

#[test]
fn libpri_user_calls_numbers_that_do_not_answer() {
    calls::libpri_calls_numbers_that_do_not_answer(Trunk::T1_NETWORK);
}
