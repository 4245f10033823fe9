//! Calls over DAHDI, EuroISDN on an E1: A-law, D-channel in timeslot 16; the box as user and as network.

use crate::calls;
use crate::scene::Trunk;

#[test]
fn user_calls_each_number_of_libpri() {
    calls::sipp_calls_each_number_of_libpri(Trunk::E1_USER);
}

#[test]
fn network_calls_each_number_of_libpri() {
    calls::sipp_calls_each_number_of_libpri(Trunk::E1_NETWORK);
}

#[test]
fn libpri_network_calls_and_both_ends_clear() {
    calls::libpri_calls_sipp_and_both_ends_clear(Trunk::E1_USER);
}

#[test]
fn libpri_user_calls_and_both_ends_clear() {
    calls::libpri_calls_sipp_and_both_ends_clear(Trunk::E1_NETWORK);
}

#[test]
fn libpri_network_calls_numbers_that_do_not_answer() {
    calls::libpri_calls_numbers_that_do_not_answer(Trunk::E1_USER);
}

#[test]
fn libpri_user_calls_numbers_that_do_not_answer() {
    calls::libpri_calls_numbers_that_do_not_answer(Trunk::E1_NETWORK);
}
