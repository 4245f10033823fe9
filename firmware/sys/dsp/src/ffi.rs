//! What is called of spandsp, as its headers say it. `tests/declarations.rs` compares this file with the headers, name by name.
//!
//! Functions end in `_free`, which frees the context, where spandsp also has `_release`, which does not. Constants carry the
//! names of the headers' enumerations.
#![allow(missing_docs, non_camel_case_types, non_upper_case_globals, reason = "names of the C headers")]

use spandsp_sys as _;
use std::ffi::{c_char, c_int, c_void};

/// `span_tone_report_func_t` of super_tone_rx.h.
pub(crate) type span_tone_report_func_t =
    Option<unsafe extern "C" fn(user_data: *mut c_void, code: c_int, level: c_int, delay: c_int)>;
/// `digits_rx_callback_t` of dtmf.h.
pub(crate) type digits_rx_callback_t = Option<unsafe extern "C" fn(user_data: *mut c_void, digits: *const c_char, len: c_int)>;
/// `digits_tx_callback_t` of dtmf.h.
pub(crate) type digits_tx_callback_t = Option<unsafe extern "C" fn(user_data: *mut c_void)>;
/// `span_put_bit_func_t` of async.h.
pub(crate) type span_put_bit_func_t = Option<unsafe extern "C" fn(user_data: *mut c_void, bit: c_int)>;
/// `span_get_bit_func_t` of async.h.
pub(crate) type span_get_bit_func_t = Option<unsafe extern "C" fn(user_data: *mut c_void) -> c_int>;
/// `message_handler_func_t` of logging.h.
pub(crate) type message_handler_func_t = Option<unsafe extern "C" fn(user_data: *mut c_void, level: c_int, text: *const c_char)>;

/// Contexts of spandsp, whose layout is its own business.
macro_rules! opaque {
    ($($name:ident)*) => {$(
        #[repr(C)]
        #[derive(Debug)]
        pub(crate) struct $name {
            _private: [u8; 0],
        }
    )*};
}

opaque! {
    logging_state_t dtmf_rx_state_t dtmf_tx_state_t bell_mf_rx_state_t bell_mf_tx_state_t r2_mf_rx_state_t r2_mf_tx_state_t
    fsk_rx_state_t fsk_tx_state_t super_tone_rx_state_t super_tone_rx_descriptor_t modem_connect_tones_rx_state_t
    modem_connect_tones_tx_state_t g722_encode_state_t g722_decode_state_t plc_state_t echo_can_state_t
}

/// `fsk_spec_t` of fsk.h.
#[repr(C)]
pub(crate) struct fsk_spec_t {
    pub(crate) name: *const c_char,
    pub(crate) freq_zero: c_int,
    pub(crate) freq_one: c_int,
    pub(crate) tx_level: c_int,
    pub(crate) min_level: c_int,
    pub(crate) baud_rate: c_int,
}

// logging.h
unsafe extern "C" {
    pub(crate) fn span_log_set_level(s: *mut logging_state_t, level: c_int) -> c_int;
    pub(crate) fn span_log_set_message_handler(s: *mut logging_state_t, func: message_handler_func_t, user_data: *mut c_void);
    pub(crate) fn span_set_message_handler(func: message_handler_func_t, user_data: *mut c_void);
}

// dtmf.h
unsafe extern "C" {
    pub(crate) fn dtmf_rx_init(
        s: *mut dtmf_rx_state_t,
        callback: digits_rx_callback_t,
        user_data: *mut c_void,
    ) -> *mut dtmf_rx_state_t;
    pub(crate) fn dtmf_rx_free(s: *mut dtmf_rx_state_t) -> c_int;
    pub(crate) fn dtmf_rx(s: *mut dtmf_rx_state_t, amp: *const i16, samples: c_int) -> c_int;
    pub(crate) fn dtmf_rx_fillin(s: *mut dtmf_rx_state_t, samples: c_int) -> c_int;
    pub(crate) fn dtmf_rx_parms(s: *mut dtmf_rx_state_t, filter_dialtone: c_int, twist: f32, reverse_twist: f32, threshold: f32);
    pub(crate) fn dtmf_rx_set_realtime_callback(
        s: *mut dtmf_rx_state_t,
        callback: span_tone_report_func_t,
        user_data: *mut c_void,
    );
    pub(crate) fn dtmf_rx_get_logging_state(s: *mut dtmf_rx_state_t) -> *mut logging_state_t;

    pub(crate) fn dtmf_tx_init(
        s: *mut dtmf_tx_state_t,
        callback: digits_tx_callback_t,
        user_data: *mut c_void,
    ) -> *mut dtmf_tx_state_t;
    pub(crate) fn dtmf_tx_free(s: *mut dtmf_tx_state_t) -> c_int;
    pub(crate) fn dtmf_tx(s: *mut dtmf_tx_state_t, amp: *mut i16, max_samples: c_int) -> c_int;
    pub(crate) fn dtmf_tx_put(s: *mut dtmf_tx_state_t, digits: *const c_char, len: c_int) -> c_int;
    pub(crate) fn dtmf_tx_set_level(s: *mut dtmf_tx_state_t, level: c_int, twist: c_int);
    pub(crate) fn dtmf_tx_set_timing(s: *mut dtmf_tx_state_t, on_time: c_int, off_time: c_int);
}

// bell_r2_mf.h
unsafe extern "C" {
    pub(crate) fn bell_mf_rx_init(
        s: *mut bell_mf_rx_state_t,
        callback: digits_rx_callback_t,
        user_data: *mut c_void,
    ) -> *mut bell_mf_rx_state_t;
    pub(crate) fn bell_mf_rx_free(s: *mut bell_mf_rx_state_t) -> c_int;
    pub(crate) fn bell_mf_rx(s: *mut bell_mf_rx_state_t, amp: *const i16, samples: c_int) -> c_int;
    pub(crate) fn bell_mf_rx_get(s: *mut bell_mf_rx_state_t, buf: *mut c_char, max: c_int) -> usize;

    pub(crate) fn bell_mf_tx_init(s: *mut bell_mf_tx_state_t) -> *mut bell_mf_tx_state_t;
    pub(crate) fn bell_mf_tx_free(s: *mut bell_mf_tx_state_t) -> c_int;
    pub(crate) fn bell_mf_tx(s: *mut bell_mf_tx_state_t, amp: *mut i16, max_samples: c_int) -> c_int;
    pub(crate) fn bell_mf_tx_put(s: *mut bell_mf_tx_state_t, digits: *const c_char, len: c_int) -> c_int;

    pub(crate) fn r2_mf_rx_init(
        s: *mut r2_mf_rx_state_t,
        fwd: bool,
        callback: span_tone_report_func_t,
        user_data: *mut c_void,
    ) -> *mut r2_mf_rx_state_t;
    pub(crate) fn r2_mf_rx_free(s: *mut r2_mf_rx_state_t) -> c_int;
    pub(crate) fn r2_mf_rx(s: *mut r2_mf_rx_state_t, amp: *const i16, samples: c_int) -> c_int;

    pub(crate) fn r2_mf_tx_init(s: *mut r2_mf_tx_state_t, fwd: bool) -> *mut r2_mf_tx_state_t;
    pub(crate) fn r2_mf_tx_free(s: *mut r2_mf_tx_state_t) -> c_int;
    pub(crate) fn r2_mf_tx(s: *mut r2_mf_tx_state_t, amp: *mut i16, samples: c_int) -> c_int;
    pub(crate) fn r2_mf_tx_put(s: *mut r2_mf_tx_state_t, digit: c_char) -> c_int;
}

// fsk.h
unsafe extern "C" {
    /// Eleven of them in fsk.c; the position is that of the enumeration below.
    pub(crate) static preset_fsk_specs: [fsk_spec_t; 11];

    pub(crate) fn fsk_rx_init(
        s: *mut fsk_rx_state_t,
        spec: *const fsk_spec_t,
        framing_mode: c_int,
        put_bit: span_put_bit_func_t,
        user_data: *mut c_void,
    ) -> *mut fsk_rx_state_t;
    pub(crate) fn fsk_rx_free(s: *mut fsk_rx_state_t) -> c_int;
    pub(crate) fn fsk_rx(s: *mut fsk_rx_state_t, amp: *const i16, len: c_int) -> c_int;
    pub(crate) fn fsk_rx_set_signal_cutoff(s: *mut fsk_rx_state_t, cutoff: f32);
    pub(crate) fn fsk_rx_fillin(s: *mut fsk_rx_state_t, len: c_int) -> c_int;

    pub(crate) fn fsk_tx_init(
        s: *mut fsk_tx_state_t,
        spec: *const fsk_spec_t,
        get_bit: span_get_bit_func_t,
        user_data: *mut c_void,
    ) -> *mut fsk_tx_state_t;
    pub(crate) fn fsk_tx_free(s: *mut fsk_tx_state_t) -> c_int;
    pub(crate) fn fsk_tx_restart(s: *mut fsk_tx_state_t, spec: *const fsk_spec_t) -> c_int;
    pub(crate) fn fsk_tx_power(s: *mut fsk_tx_state_t, power: f32);
    pub(crate) fn fsk_tx(s: *mut fsk_tx_state_t, amp: *mut i16, len: c_int) -> c_int;
}

// super_tone_rx.h
unsafe extern "C" {
    pub(crate) fn super_tone_rx_make_descriptor(desc: *mut super_tone_rx_descriptor_t) -> *mut super_tone_rx_descriptor_t;
    pub(crate) fn super_tone_rx_free_descriptor(desc: *mut super_tone_rx_descriptor_t) -> c_int;
    pub(crate) fn super_tone_rx_add_tone(desc: *mut super_tone_rx_descriptor_t) -> c_int;
    pub(crate) fn super_tone_rx_add_element(
        desc: *mut super_tone_rx_descriptor_t,
        tone: c_int,
        f1: c_int,
        f2: c_int,
        min: c_int,
        max: c_int,
    ) -> c_int;

    pub(crate) fn super_tone_rx_init(
        s: *mut super_tone_rx_state_t,
        desc: *mut super_tone_rx_descriptor_t,
        callback: span_tone_report_func_t,
        user_data: *mut c_void,
    ) -> *mut super_tone_rx_state_t;
    pub(crate) fn super_tone_rx_free(s: *mut super_tone_rx_state_t) -> c_int;
    pub(crate) fn super_tone_rx(s: *mut super_tone_rx_state_t, amp: *const i16, samples: c_int) -> c_int;
}

// modem_connect_tones.h
unsafe extern "C" {
    pub(crate) fn modem_connect_tones_rx_init(
        s: *mut modem_connect_tones_rx_state_t,
        tone_type: c_int,
        tone_callback: span_tone_report_func_t,
        user_data: *mut c_void,
    ) -> *mut modem_connect_tones_rx_state_t;
    pub(crate) fn modem_connect_tones_rx_free(s: *mut modem_connect_tones_rx_state_t) -> c_int;
    pub(crate) fn modem_connect_tones_rx(s: *mut modem_connect_tones_rx_state_t, amp: *const i16, len: c_int) -> c_int;

    pub(crate) fn modem_connect_tones_tx_init(
        s: *mut modem_connect_tones_tx_state_t,
        tone_type: c_int,
    ) -> *mut modem_connect_tones_tx_state_t;
    pub(crate) fn modem_connect_tones_tx_free(s: *mut modem_connect_tones_tx_state_t) -> c_int;
    pub(crate) fn modem_connect_tones_tx(s: *mut modem_connect_tones_tx_state_t, amp: *mut i16, len: c_int) -> c_int;
}

// g722.h
unsafe extern "C" {
    pub(crate) fn g722_encode_init(s: *mut g722_encode_state_t, rate: c_int, options: c_int) -> *mut g722_encode_state_t;
    pub(crate) fn g722_encode_free(s: *mut g722_encode_state_t) -> c_int;
    pub(crate) fn g722_encode(s: *mut g722_encode_state_t, g722_data: *mut u8, amp: *const i16, len: c_int) -> c_int;
    pub(crate) fn g722_decode_init(s: *mut g722_decode_state_t, rate: c_int, options: c_int) -> *mut g722_decode_state_t;
    pub(crate) fn g722_decode_free(s: *mut g722_decode_state_t) -> c_int;
    pub(crate) fn g722_decode(s: *mut g722_decode_state_t, amp: *mut i16, g722_data: *const u8, len: c_int) -> c_int;
}

// plc.h
unsafe extern "C" {
    pub(crate) fn plc_init(s: *mut plc_state_t) -> *mut plc_state_t;
    pub(crate) fn plc_free(s: *mut plc_state_t) -> c_int;
    pub(crate) fn plc_rx(s: *mut plc_state_t, amp: *mut i16, len: c_int) -> c_int;
    pub(crate) fn plc_fillin(s: *mut plc_state_t, amp: *mut i16, len: c_int) -> c_int;
}

// echo.h
unsafe extern "C" {
    pub(crate) fn echo_can_init(len: c_int, adaption_mode: c_int) -> *mut echo_can_state_t;
    pub(crate) fn echo_can_free(ec: *mut echo_can_state_t) -> c_int;
    pub(crate) fn echo_can_flush(ec: *mut echo_can_state_t);
    pub(crate) fn echo_can_adaption_mode(ec: *mut echo_can_state_t, adaption_mode: c_int);
    pub(crate) fn echo_can_update(ec: *mut echo_can_state_t, tx: i16, rx: i16) -> i16;
}

// logging.h
pub(crate) const SPAN_LOG_NONE: c_int = 0;

// fsk.h
pub(crate) const FSK_V21CH1: c_int = 0;
pub(crate) const FSK_V21CH2: c_int = 1;
pub(crate) const FSK_V23CH1: c_int = 2;
pub(crate) const FSK_V23CH2: c_int = 3;
pub(crate) const FSK_BELL202: c_int = 6;
pub(crate) const FSK_FRAME_MODE_ASYNC: c_int = 0;

// async.h
pub(crate) const SIG_STATUS_CARRIER_DOWN: c_int = -1;
pub(crate) const SIG_STATUS_CARRIER_UP: c_int = -2;
pub(crate) const SIG_STATUS_END_OF_DATA: c_int = -7;

// modem_connect_tones.h
pub(crate) const MODEM_CONNECT_TONES_NONE: c_int = 0;
pub(crate) const MODEM_CONNECT_TONES_FAX_CNG: c_int = 1;
pub(crate) const MODEM_CONNECT_TONES_ANS: c_int = 2;
pub(crate) const MODEM_CONNECT_TONES_ANS_PR: c_int = 3;
pub(crate) const MODEM_CONNECT_TONES_ANSAM: c_int = 4;
pub(crate) const MODEM_CONNECT_TONES_ANSAM_PR: c_int = 5;
pub(crate) const MODEM_CONNECT_TONES_FAX_PREAMBLE: c_int = 6;
pub(crate) const MODEM_CONNECT_TONES_FAX_CED_OR_PREAMBLE: c_int = 7;
pub(crate) const MODEM_CONNECT_TONES_BELL_ANS: c_int = 8;
pub(crate) const MODEM_CONNECT_TONES_CALLING_TONE: c_int = 9;

// g722.h
pub(crate) const G722_SAMPLE_RATE_8000: c_int = 0x0001;

// echo.h
pub(crate) const ECHO_CAN_USE_ADAPTION: c_int = 0x01;
pub(crate) const ECHO_CAN_USE_NLP: c_int = 0x02;
pub(crate) const ECHO_CAN_USE_CNG: c_int = 0x04;
pub(crate) const ECHO_CAN_USE_RX_HPF: c_int = 0x40;
