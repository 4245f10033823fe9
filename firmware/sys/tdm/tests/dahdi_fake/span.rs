//! A span of the scripted kernel: what its card is and what its driver has counted.

use std::ffi::c_int;

use tdm::dahdi::ioctl::{SpanStat, value};

const E1_CAN: c_int = value::CONFIG_CCS | value::CONFIG_HDB3 | value::CONFIG_CRC4 | value::CONFIG_AMI;
const T1_CAN: c_int = value::CONFIG_D4 | value::CONFIG_ESF | value::CONFIG_AMI | value::CONFIG_B8ZS;
const CARD_CHANNEL: c_int = value::SIG_CLEAR | value::SIG_EM | value::SIG_CAS | value::SIG_EM_E1;
const ROBBED_BIT: c_int =
    value::SIG_FXSLS | value::SIG_FXSGS | value::SIG_FXSKS | value::SIG_FXOLS | value::SIG_FXOGS | value::SIG_FXOKS;
/// A port with an FXS module takes FXO signalling and the other way round.
const FXS_PORT: c_int = value::SIG_FXOLS | value::SIG_FXOGS | value::SIG_FXOKS;
const FXO_PORT: c_int = value::SIG_FXSLS | value::SIG_FXSGS | value::SIG_FXSKS;

/// All that a test may set before [`super::FakeKernel::add`] or change later.
#[derive(Debug, Clone)]
pub(crate) struct FakeSpan {
    /// 0 while unassigned.
    pub(crate) number: i32,
    /// Such as `TE4/0/1`.
    pub(crate) name: String,
    pub(crate) desc: String,
    pub(crate) manufacturer: String,
    pub(crate) device_type: String,
    pub(crate) location: String,
    pub(crate) hardware_id: String,
    /// Its device's name on the bus `dahdi_devices`.
    pub(crate) device: String,
    /// Kernel module of the device; a dynamic span shows none.
    pub(crate) driver: Option<String>,
    /// Its number on the device, from 1.
    pub(crate) port: i32,
    /// `E1`, `T1`, `J1`, `FXS`, `FXO`, `ANALOG_MIXED`, `DYNAMIC`.
    pub(crate) span_type: String,
    /// First channel; 0 while unassigned.
    pub(crate) base: i32,
    /// What each of its channels can, in order.
    pub(crate) sigcaps: Vec<c_int>,
    pub(crate) linecompat: c_int,
    pub(crate) lineconfig: c_int,
    pub(crate) lbo: c_int,
    /// Priority given by SPANCONFIG.
    pub(crate) sync: c_int,
    /// Span that the card takes its clock from.
    pub(crate) sync_source: c_int,
    pub(crate) alarms: c_int,
    pub(crate) last_alarms: c_int,
    pub(crate) running: bool,
    /// Counters and levels; every other field is filled in from the rest.
    pub(crate) stat: SpanStat,
    /// Only `/proc` has them.
    pub(crate) slips: u32,
    /// Commands that the driver got; `None` when it has no maintenance.
    pub(crate) maint: Option<Vec<c_int>>,
    pub(crate) maint_state: c_int,
    /// Hook states go over signalling bits (digital) rather than to the driver (analog).
    pub(crate) robbed_bits: bool,
    /// Whether the driver has private ioctls: line voltage, polarity, gain, impedance.
    pub(crate) private_ioctls: bool,
    /// Whether it has an echo canceller of its own.
    pub(crate) hardware_canceller: bool,
    /// Driver and address of a dynamic span.
    pub(crate) dynamic: Option<(String, String)>,
    pub(crate) present: bool,
}

impl FakeSpan {
    /// Port of a four-port card set to E1.
    pub(crate) fn e1(hardware_id: &str, port: i32) -> Self {
        Self::card(hardware_id, port, "E1", vec![CARD_CHANNEL | value::SIG_HARDHDLC; 31], E1_CAN)
    }

    /// Port of a four-port card set to T1.
    pub(crate) fn t1(hardware_id: &str, port: i32) -> Self {
        Self::card(hardware_id, port, "T1", vec![CARD_CHANNEL | ROBBED_BIT | value::SIG_HARDHDLC; 24], T1_CAN)
    }

    /// An analog card; `s` in `modules` is an FXS module, `o` an FXO module, `-` an empty place.
    pub(crate) fn analog(hardware_id: &str, modules: &str) -> Self {
        let can = |module| match module {
            's' => FXS_PORT,
            'o' => FXO_PORT,
            _ => 0,
        };
        let mut span = Self::card(hardware_id, 1, "ANALOG_MIXED", modules.chars().map(can).collect(), 0);
        span.name = "WCTDM/0".to_owned();
        span.desc = "Wildcard A8B".to_owned();
        span.device_type = "Wildcard A8B".to_owned();
        span.driver = Some("wcaxx".to_owned());
        span.maint = None;
        span.robbed_bits = false;
        span.private_ioctls = true;
        span
    }

    /// A dynamic span with what `dahdi_dynamic.c` gives it.
    pub(crate) fn dynamic(driver: &str, address: &str, channels: usize) -> Self {
        let can = value::SIG_EM | value::SIG_CLEAR | ROBBED_BIT | 0x4000 | value::SIG_CAS;
        let name = format!("DYN/{driver}/{address}");
        let mut span = Self::card(&name, 1, "DYNAMIC", vec![can; channels], E1_CAN | T1_CAN);
        span.desc = format!("Dynamic '{driver}' span at '{address}'");
        span.manufacturer = String::new();
        span.device_type.clone_from(&name);
        span.location = String::new();
        span.driver = None;
        span.device = format!("dynamic:{driver}:0");
        span.name = name;
        span.maint = None;
        span.dynamic = Some((driver.to_owned(), address.to_owned()));
        span
    }

    fn card(hardware_id: &str, port: i32, span_type: &str, sigcaps: Vec<c_int>, linecompat: c_int) -> Self {
        Self {
            number: 0,
            name: format!("TE4/0/{port}"),
            desc: format!("T4XXP (PCI) Card 0 Span {port}"),
            manufacturer: "Digium".to_owned(),
            device_type: "Wildcard TE435".to_owned(),
            location: "PCI Bus 05 Slot 01".to_owned(),
            hardware_id: hardware_id.to_owned(),
            device: format!("pci:0000:05:{hardware_id}"),
            driver: Some("wcte43x".to_owned()),
            port,
            span_type: span_type.to_owned(),
            base: 0,
            sigcaps,
            linecompat,
            lineconfig: 0,
            lbo: 0,
            sync: 0,
            sync_source: 0,
            alarms: 0,
            last_alarms: 0,
            running: false,
            stat: SpanStat::default(),
            slips: 0,
            maint: Some(Vec::new()),
            maint_state: 0,
            robbed_bits: true,
            private_ioctls: false,
            hardware_canceller: false,
            dynamic: None,
            present: true,
        }
    }

    pub(crate) fn is_digital(&self) -> bool {
        matches!(self.span_type.as_str(), "E1" | "T1" | "J1" | "DYNAMIC")
    }

    pub(crate) fn channel_numbers(&self) -> std::ops::Range<i32> {
        self.base..self.base + i32::try_from(self.sigcaps.len()).unwrap()
    }

    /// `loc` spans cannot; nothing else here says no.
    pub(crate) fn can_provide_timing(&self) -> bool {
        self.dynamic.is_none()
    }
}
