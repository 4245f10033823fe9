//! Telephony cards on PCI and USB that DAHDI does not show: no driver took them, or their driver gave up.
//!
//! A driver that misses its firmware file fails to start its card, and the kernel tells so in its log alone; what can be seen is a
//! card of a known number without a driver. The numbers and file names are those of the drivers' tables (DAHDI 2.11); cards whose
//! driver starts them without a file have none here. Firmware of echo cancellers is not among them: without it a card works,
//! and attaching `hwec` is refused.

use super::attribute::{hexadecimal, text};
use super::{DahdiSys, Found};

const PCI: &str = "/sys/bus/pci/devices";
const USB: &str = "/sys/bus/usb/devices";
const DIGIUM: i32 = 0xd161;
const XORCOM: i32 = 0xe4e4;

/// Device number, name, driver, firmware file that the driver asks for when the card has not the one it wants.
type Card = (i32, &'static str, &'static str, Option<&'static str>);

const CARDS: [Card; 37] = [
    (0x0120, "TE120P", "wcte12xp", None),
    (0x0205, "TE205P", "wct4xxp", None),
    (0x0210, "TE210P", "wct4xxp", None),
    (0x0220, "TE220", "wct4xxp", None),
    (0x0405, "TE405P", "wct4xxp", None),
    (0x0410, "TE410P", "wct4xxp", None),
    (0x0420, "TE420", "wct4xxp", None),
    (0x0800, "TDM800P", "wctdm24xxp", None),
    (0x1205, "TE205P", "wct4xxp", None),
    (0x1210, "TE210P", "wct4xxp", None),
    (0x1220, "TE220", "wct4xxp", None),
    (0x1405, "TE405P", "wct4xxp", None),
    (0x1410, "TE410P", "wct4xxp", None),
    (0x1420, "TE420", "wct4xxp", None),
    (0x1820, "TE820", "wct4xxp", Some("dahdi-fw-te820.bin")),
    (0x2400, "TDM2400P", "wctdm24xxp", None),
    (0x8000, "TE121", "wcte12xp", None),
    (0x8001, "TE122", "wcte12xp", None),
    (0x8002, "AEX800", "wctdm24xxp", None),
    (0x8003, "AEX2400", "wctdm24xxp", None),
    (0x8005, "TDM410P", "wctdm24xxp", None),
    (0x8006, "AEX410", "wctdm24xxp", None),
    (0x8007, "HA8-0000", "wctdm24xxp", None),
    (0x8008, "HB8-0000", "wctdm24xxp", None),
    (0x800a, "TE131/TE133", "wcte13xp", Some("dahdi-fw-te133.bin")),
    (0x800b, "TE132/TE134", "wcte13xp", Some("dahdi-fw-te134.bin")),
    (0x800c, "A8A", "wcaxx", Some("dahdi-fw-a8a.bin")),
    (0x800d, "A8B", "wcaxx", Some("dahdi-fw-a8b.bin")),
    (0x800e, "TE235/TE435", "wcte43x", Some("dahdi-fw-te435.bin")),
    (0x800f, "A4A", "wcaxx", Some("dahdi-fw-a4a.bin")),
    (0x8010, "A4B", "wcaxx", Some("dahdi-fw-a4b.bin")),
    (0x8013, "TE236/TE436", "wcte43x", Some("dahdi-fw-te436.bin")),
    (0x8014, "B430", "wcb4xxp", None),
    (0x8015, "B430", "wcb4xxp", None),
    (0x8016, "B230", "wcb4xxp", None),
    (0x8017, "B230", "wcb4xxp", None),
    (0xb410, "B410P", "wcb4xxp", None),
];

/// The cards that no driver serves.
pub(super) fn cards(sys: &dyn DahdiSys) -> Vec<Found> {
    let mut found = Vec::new();
    for name in sys.list(PCI).unwrap_or_default() {
        found.extend(pci_card(sys, &name));
    }
    for name in sys.list(USB).unwrap_or_default() {
        found.extend(usb_bank(sys, &name));
    }
    found
}

fn pci_card(sys: &dyn DahdiSys, name: &str) -> Option<Found> {
    let folder = format!("{PCI}/{name}");
    if hexadecimal(&text(sys, &folder, "vendor")) != Some(DIGIUM) || sys.read_link(&format!("{folder}/driver")).is_ok() {
        return None;
    }
    let number = hexadecimal(&text(sys, &folder, "device"))?;
    let (_, card, driver, firmware) = CARDS.iter().find(|(known, ..)| *known == number)?;
    let loaded = sys.list(&format!("/sys/module/{driver}")).is_ok();
    let problem = match (loaded, firmware) {
        (false, Some(file)) => {
            format!("its driver is not loaded: `modprobe {driver}`; it may ask for the firmware file /lib/firmware/{file}")
        }
        (false, None) => format!("its driver is not loaded: `modprobe {driver}`"),
        (true, Some(file)) => format!(
            "driver {driver} did not start it: its firmware is most likely missing; put {file} into /lib/firmware, then \
             `modprobe -r {driver}` and `modprobe {driver}` (`journalctl -k` has the reason)"
        ),
        (true, None) => format!("driver {driver} did not start it: see `journalctl -k` for the reason"),
    };
    Some(card_of(format!("pci:{name}"), format!("Digium {card}"), format!("PCI {name}"), (*driver).to_owned(), problem))
}

/// An Astribank changes its USB product number (`xxx0` to `xxx1`) when its firmware starts, and again when its FPGA does (`xxx2`).
fn usb_bank(sys: &dyn DahdiSys, name: &str) -> Option<Found> {
    let folder = format!("{USB}/{name}");
    if hexadecimal(&text(sys, &folder, "idVendor")) != Some(XORCOM) {
        return None;
    }
    let product = hexadecimal(&text(sys, &folder, "idProduct"))?;
    let stage = match product & 0xf {
        0 => "its USB firmware is not loaded",
        1 => "its FPGA firmware is not loaded",
        _ => return None,
    };
    let problem = format!(
        "{stage}: put the files of the package dahdi-firmware (USB_FW.hex, FPGA_*.hex) into place and run `xpp_fxloader load`"
    );
    Some(card_of(
        format!("usb:{name}"),
        format!("Xorcom Astribank {product:04x}"),
        format!("USB {name}"),
        "xpp_usb".to_owned(),
        problem,
    ))
}

fn card_of(device: String, device_type: String, location: String, driver: String, problem: String) -> Found {
    let problems = vec![problem];
    Found { id: device.clone(), device, device_type, location, driver: Some(driver), problems, ..Found::default() }
}
