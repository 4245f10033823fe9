//! A rig's file against the cards of a machine: any difference is refused, in words that name the card.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use xtask::hw_test::rig::{RigError, check, read};

/// A folder with a rig file and a sysfs of its own, removed with it.
struct Machine(PathBuf);

impl Machine {
    fn new(file: &str, cards: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("xtask-rig-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        for (index, id) in cards.iter().enumerate() {
            let device = folder.join("sys/bus/dahdi_devices/devices").join(format!("pci:{index}"));
            fs::create_dir_all(&device).unwrap();
            fs::write(device.join("hardware_id"), format!("{id}\n")).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("rig.toml"), file).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("rig.toml")
    }

    fn check(&self) -> Result<Vec<String>, RigError> {
        check(&self.file(), &self.0.join("sys")).map(|rig| rig.spans.into_iter().map(|span| span.hardware_id).collect())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const TWO: &str = "name = \"lab-1\"\n[[span]]\nhardware_id = \"usb:X1\"\nloops_to = \"TE-2\"\n[[span]]\nserial = \"TE-2\"\n";

#[test]
fn cards_of_file_and_machine_the_same_are_accepted() {
    assert_eq!(Machine::new(TWO, &["TE-2", "usb:X1"]).check().unwrap(), ["usb:X1", "TE-2"]);
}

#[test]
fn card_that_the_file_does_not_know_is_refused() {
    let error = Machine::new(TWO, &["TE-2", "usb:X1", "usb:SOMEBODYS"]).check().unwrap_err();
    assert!(matches!(&error, RigError::UnknownCard { unknown, .. } if unknown == &["usb:SOMEBODYS"]), "{error}");
    assert!(error.to_string().contains("rig lab-1: unknown card"), "{error}");
}

#[test]
fn card_that_is_not_there_is_refused_with_those_that_are() {
    let error = Machine::new(TWO, &["TE-2"]).check().unwrap_err();
    assert!(
        matches!(&error, RigError::MissingCard { missing, there, .. } if missing == &["usb:X1"] && there == &["TE-2"]),
        "{error}"
    );
}

#[test]
fn card_without_a_serial_number_is_refused() {
    let error = Machine::new(TWO, &["TE-2", "usb:X1", " "]).check().unwrap_err();
    assert!(matches!(error, RigError::Nameless { .. }), "{error}");
}

#[test]
fn machine_without_dahdi_is_refused() {
    let error = Machine::new(TWO, &[]).check().unwrap_err();
    assert!(matches!(error, RigError::NoDahdi { .. }) && error.to_string().contains("load dahdi"), "{error}");
}

#[test]
fn file_that_contradicts_itself_is_refused() {
    for (file, words) in [
        ("name = \"l\"\n", "it has no [[span]]"),
        ("name = \"l\"\n[[span]]\nhardware_id = \" \"\n", "empty hardware_id"),
        ("name = \"l\"\n[[span]]\nhardware_id = \"a\"\n[[span]]\nhardware_id = \"a\"\n", "\"a\" is there twice"),
        ("name = \"l\"\n[[span]]\nhardware_id = \"a\"\nloops_to = \"b\"\n", "loops_to names \"b\""),
    ] {
        let error = read(&Machine::new(file, &[]).file()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn file_that_is_no_rig_is_refused() {
    for file in ["", "name = 1", "name = \"l\"\n[[span]]\nhardware_id = \"a\"\nports = 4\n", "\u{0}"] {
        assert!(matches!(read(&Machine::new(file, &[]).file()), Err(RigError::Parse { .. })), "{file:?}");
    }
    assert!(matches!(read(Path::new("/nowhere/rig.toml")), Err(RigError::Read { .. })));
}
