//! The switch types of libpri.h, but for GR-303, which is no primary rate interface.

use std::ffi::c_int;

use crate::framing::Framing;

/// What libpri takes the far end for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SwitchType {
    #[default]
    EuroIsdn,
    Ni2,
    Ni1,
    Dms100,
    #[value(name = "4ess")]
    FourEss,
    #[value(name = "5ess")]
    FiveEss,
    Qsig,
}

impl SwitchType {
    /// Its number in libpri.h.
    pub(crate) const fn number(self, framing: Framing) -> c_int {
        match (self, framing) {
            (Self::Ni2, _) => 1,
            (Self::Dms100, _) => 2,
            (Self::FiveEss, _) => 3,
            (Self::FourEss, _) => 4,
            (Self::EuroIsdn, Framing::E1) => 5,
            (Self::EuroIsdn, Framing::T1) => 6,
            (Self::Ni1, _) => 7,
            (Self::Qsig, _) => 10,
        }
    }
}
