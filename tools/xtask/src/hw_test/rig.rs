//! A rig: a machine with real cards, described in a file, so that tests never touch a card that nobody meant.
//!
//! ```toml
//! name = "lab-1"
//!
//! [[span]]
//! hardware_id = "usb:X1234567"    # as in /sys/bus/dahdi_devices/devices/*/hardware_id
//! loops_to = "WCTE12XP-0042"      # optional: the card at the other end of the cable
//! ```
//!
//! The cards of the machine and of the file must be the same: one that is missing or that the file does not know is refused.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Why a rig is refused.
#[derive(Debug, thiserror::Error)]
pub enum RigError {
    /// The file cannot be read.
    #[error("cannot read the rig file {file}")]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a rig's description.
    #[error("{file} does not describe a rig")]
    Parse {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The description contradicts itself.
    #[error("rig {name}: {fault}")]
    Description {
        /// The rig's name.
        name: String,
        /// What is wrong.
        fault: String,
    },
    /// DAHDI shows no cards.
    #[error("rig {name}: {folder} cannot be listed: load dahdi and the card's driver first")]
    NoDahdi {
        /// The rig's name.
        name: String,
        /// Where the cards should be.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A card is not there.
    #[error("rig {name}: no card with hardware id {missing:?}; there are {there:?}: plug it in, or correct the rig file")]
    MissingCard {
        /// The rig's name.
        name: String,
        /// Those of the file that are not there.
        missing: Vec<String>,
        /// Those that are there.
        there: Vec<String>,
    },
    /// A card is there that the file does not know.
    #[error("rig {name}: unknown card {unknown:?}: name it in the rig file if tests may use it, else take it out")]
    UnknownCard {
        /// The rig's name.
        name: String,
        /// Those.
        unknown: Vec<String>,
    },
    /// A card does not say which one it is.
    #[error("rig {name}: {device} has no hardware id, so it cannot be told from another card: take it out")]
    Nameless {
        /// The rig's name.
        name: String,
        /// Its folder.
        device: PathBuf,
    },
}

/// The description of a rig.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rig {
    /// What people call it.
    pub name: String,
    /// Its cards.
    #[serde(rename = "span", default)]
    pub spans: Vec<RigSpan>,
}

/// One card of a rig.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RigSpan {
    /// The serial number as DAHDI shows it.
    #[serde(alias = "serial")]
    pub hardware_id: String,
    /// The hardware id of the card at the other end of its cable.
    pub loops_to: Option<String>,
}

/// Reads and checks a description by itself.
pub fn read(file: &Path) -> Result<Rig, RigError> {
    let text = fs::read_to_string(file).map_err(|source| RigError::Read { file: file.to_owned(), source })?;
    let rig: Rig = toml::from_str(&text).map_err(|source| RigError::Parse { file: file.to_owned(), source: Box::new(source) })?;
    let fault = |fault: String| Err(RigError::Description { name: rig.name.clone(), fault });
    if rig.spans.is_empty() {
        return fault("it has no [[span]]".to_owned());
    }
    let mut ids = BTreeSet::new();
    for span in &rig.spans {
        if span.hardware_id.trim().is_empty() {
            return fault("a [[span]] has an empty hardware_id".to_owned());
        }
        if !ids.insert(span.hardware_id.as_str()) {
            return fault(format!("hardware_id {:?} is there twice", span.hardware_id));
        }
    }
    if let Some(lost) = rig.spans.iter().filter_map(|span| span.loops_to.as_deref()).find(|end| !ids.contains(end)) {
        return fault(format!("loops_to names {lost:?}, which no [[span]] has"));
    }
    Ok(rig)
}

/// Reads the description and compares it with the cards that DAHDI shows below `sysfs` (`/sys`).
pub fn check(file: &Path, sysfs: &Path) -> Result<Rig, RigError> {
    let rig = read(file)?;
    let name = || rig.name.clone();
    let folder = sysfs.join("bus/dahdi_devices/devices");
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|source| RigError::NoDahdi { name: name(), folder: folder.clone(), source })?;
    let mut there = BTreeSet::new();
    for device in entries.into_iter().map(|entry| entry.path()) {
        let id = fs::read_to_string(device.join("hardware_id")).unwrap_or_default().trim().to_owned();
        if id.is_empty() {
            return Err(RigError::Nameless { name: name(), device });
        }
        there.insert(id);
    }
    let wanted: BTreeSet<String> = rig.spans.iter().map(|span| span.hardware_id.clone()).collect();
    let missing: Vec<String> = wanted.difference(&there).cloned().collect();
    if !missing.is_empty() {
        return Err(RigError::MissingCard { name: name(), missing, there: there.into_iter().collect() });
    }
    let unknown: Vec<String> = there.difference(&wanted).cloned().collect();
    if !unknown.is_empty() {
        return Err(RigError::UnknownCard { name: name(), unknown });
    }
    Ok(rig)
}
