//! What the kernel shows of cards and ports, under names that stay, against the scripted kernel.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod dahdi_fake;

use std::io::ErrorKind;

use dahdi_fake::{FakeKernel, FakeSpan};
use proptest::prelude::*;
use tdm::Alarms;
use tdm::dahdi::detect::{Found, Slot, detect, find};
use tdm::dahdi::ioctl::value;

fn found(fake: &FakeKernel) -> Vec<Found> {
    detect(&*fake.sys()).unwrap()
}

fn ids(fake: &FakeKernel) -> Vec<String> {
    found(fake).into_iter().map(|port| port.id).collect()
}

/// `id` and the span number it has now.
fn numbers(fake: &FakeKernel) -> Vec<(String, Option<i32>)> {
    let mut all: Vec<_> = found(fake).into_iter().map(|port| (port.id, port.span)).collect();
    all.sort();
    all
}

#[test]
fn without_the_module_nothing_can_be_found() {
    let fake = FakeKernel::new();
    fake.state().loaded = false;
    let error = detect(&*fake.sys()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.to_string(), "the dahdi kernel module is not loaded");
}

#[test]
fn with_the_module_and_no_card_nothing_is_there() {
    assert_eq!(found(&FakeKernel::new()), []);
}

#[test]
fn a_port_with_a_number_is_described_whole() {
    let fake = FakeKernel::new();
    let span = fake.add(FakeSpan::e1("1TE435F5", 2));
    fake.alarm(span, value::ALARM_RED | value::ALARM_LOS);
    let all = found(&fake);
    let port = &all[0];
    assert_eq!((port.id.as_str(), port.device.as_str()), ("1TE435F5/2", "pci:0000:05:1TE435F5"));
    assert_eq!((port.device_type.as_str(), port.manufacturer.as_str()), ("Wildcard TE435", "Digium"));
    assert_eq!((port.location.as_str(), port.hardware_id.as_deref()), ("PCI Bus 05 Slot 01", Some("1TE435F5")));
    assert_eq!((port.port, port.span, port.name.as_str()), (2, Some(span), "TE4/0/2"));
    assert_eq!((port.driver.as_deref(), port.kind.as_str()), (Some("wcte43x"), "e1"));
    assert_eq!(port.kinds_possible, ["e1", "t1", "j1"]);
    assert_eq!(port.alarms, Alarms::RED | Alarms::LOS);
    assert_eq!((port.channels, port.slots.len()), (31, 31));
    assert_eq!(port.slots[30], Slot { slot: 31, channo: 31, signalling: None, in_use: false });
    assert!(port.problems.is_empty() && !port.is_dynamic() && !port.is_absent());
}

#[test]
fn a_port_without_a_number_is_there_all_the_same() {
    let fake = FakeKernel::new();
    fake.state().auto_assign = false;
    fake.add(FakeSpan::e1("A1", 1));
    fake.add(FakeSpan::t1("A1", 2));
    let before = found(&fake);
    assert_eq!(
        before.iter().map(|port| (port.id.as_str(), port.span, port.channels)).collect::<Vec<_>>(),
        [("A1/1", None, 31), ("A1/2", None, 24)]
    );
    assert!(before.iter().all(|port| port.slots.is_empty() && port.alarms.is_none()));
    fake.assign("A1", 2);
    assert_eq!(numbers(&fake), [("A1/1".to_owned(), None), ("A1/2".to_owned(), Some(1))]);
}

#[test]
fn the_file_of_types_may_have_either_name() {
    for name in ["spantype", "dahdi_spantype"] {
        let fake = FakeKernel::new();
        fake.state().types_file = name.to_owned();
        fake.state().auto_assign = false;
        fake.add(FakeSpan::t1("A1", 1));
        assert_eq!(found(&fake)[0].kind, "t1", "{name}");
    }
}

#[test]
fn a_device_without_types_shows_its_spans() {
    let fake = FakeKernel::new();
    fake.state().types_file = "other".to_owned();
    fake.add(FakeSpan::t1("A1", 3));
    assert_eq!(numbers(&fake), [("A1/3".to_owned(), Some(1))]);
    assert_eq!(found(&fake)[0].kind, "t1");
}

#[test]
fn ports_are_listed_in_their_order_whatever_their_numbers() {
    let fake = FakeKernel::new();
    fake.state().types_file = "other".to_owned();
    fake.add(FakeSpan::t1("A1", 3));
    fake.add(FakeSpan::t1("A1", 1));
    assert_eq!(ids(&fake), ["A1/1", "A1/3"]);
}

#[test]
fn numbers_change_and_names_stay() {
    let first = FakeKernel::new();
    first.add(FakeSpan::e1("A1", 1));
    first.add(FakeSpan::e1("A1", 2));
    first.add(FakeSpan::e1("B2", 1));
    let second = FakeKernel::new();
    second.add(FakeSpan::e1("B2", 1));
    second.add(FakeSpan::e1("A1", 2));
    second.add(FakeSpan::e1("A1", 1));
    let name = |id: &str, span| (id.to_owned(), Some(span));
    assert_eq!(numbers(&first), [name("A1/1", 1), name("A1/2", 2), name("B2/1", 3)]);
    assert_eq!(numbers(&second), [name("A1/1", 3), name("A1/2", 2), name("B2/1", 1)]);
    assert_eq!(find(&found(&second), "B2/1").unwrap().slots[0].channo, 1);
    assert_eq!(find(&found(&first), "B2/1").unwrap().slots[0].channo, 63);
    assert_eq!(find(&found(&first), "B2/2"), None);
}

#[test]
fn a_device_without_hardware_id_is_named_by_its_place() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan { hardware_id: String::new(), ..FakeSpan::e1("A1", 1) });
    assert_eq!(ids(&fake), ["PCI Bus 05 Slot 01/1"]);
    assert!(found(&fake)[0].problems.is_empty());
}

#[test]
fn two_devices_with_one_hardware_id_are_named_by_their_places_and_say_so() {
    let fake = FakeKernel::new();
    for (device, location) in [("pci:1", "slot 1"), ("pci:2", "slot 2")] {
        fake.add(FakeSpan { device: device.to_owned(), location: location.to_owned(), ..FakeSpan::e1("A1", 1) });
    }
    assert_eq!(ids(&fake), ["slot 1/1", "slot 2/1"]);
    assert!(found(&fake).iter().all(|port| port.problems[0].contains("same hardware id")));
}

#[test]
fn devices_that_nothing_tells_apart_are_named_as_in_sysfs() {
    let fake = FakeKernel::new();
    for device in ["usb:1", "usb:2"] {
        fake.add(FakeSpan { device: device.to_owned(), hardware_id: String::new(), ..FakeSpan::e1("A1", 1) });
    }
    assert_eq!(ids(&fake), ["usb:1/1", "usb:2/1"]);
}

#[test]
fn places_without_a_module_on_an_analog_card_are_problems() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "so-s-"));
    let all = found(&fake);
    assert_eq!(
        (all[0].kind.as_str(), all[0].channels, all[0].kinds_possible.as_slice()),
        ("analog", 5, &["analog".to_owned()][..])
    );
    assert_eq!(all[0].problems.len(), 1);
    assert!(all[0].problems[0].starts_with("no module works in ports 3, 5: "), "{:?}", all[0].problems);
}

#[test]
fn a_driver_that_cannot_change_kinds_shows_the_one() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan { driver: Some("tor2".to_owned()), ..FakeSpan::e1("A1", 1) });
    fake.add(FakeSpan { driver: None, ..FakeSpan::e1("B1", 1) });
    assert_eq!(found(&fake)[0].kinds_possible, ["e1"]);
    assert_eq!(found(&fake)[1].kinds_possible.len(), 3);
}

#[test]
fn a_dynamic_span_is_told_apart_from_a_card() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::dynamic("loc", "0:1", 24));
    let port = &found(&fake)[0];
    assert_eq!((port.id.as_str(), port.kind.as_str(), port.driver.as_deref()), ("DYN/loc/0:1/1", "dynamic", None));
    assert!(port.is_dynamic());
}

#[test]
fn channels_show_who_configured_and_opened_them() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.channel(16, |channel| channel.sigtype = value::SIG_HDLCFCS);
    let _open = fake.occupy(16);
    let port = &found(&fake)[0];
    assert_eq!(port.slots[15], Slot { slot: 16, channo: 16, signalling: Some("HDLCFCS".to_owned()), in_use: true });
    assert_eq!(port.slots[14].signalling, None);
}

/// A card on the PCI bus: vendor and device number, and its driver once one has taken it.
fn pci(fake: &FakeKernel, place: &str, device: &str, driver: Option<&str>) {
    let mut state = fake.state();
    state.files.insert(format!("/sys/bus/pci/devices/{place}/vendor"), "0xd161\n".to_owned());
    state.files.insert(format!("/sys/bus/pci/devices/{place}/device"), format!("{device}\n"));
    if let Some(driver) = driver {
        state.links.insert(format!("/sys/bus/pci/devices/{place}/driver"), format!("../../../bus/pci/drivers/{driver}"));
    }
}

#[test]
fn a_card_whose_loaded_driver_did_not_start_it_misses_its_firmware() {
    let fake = FakeKernel::new();
    pci(&fake, "0000:05:00.0", "0x800e", None);
    fake.state().files.insert("/sys/module/wcte43x/initstate".to_owned(), "live\n".to_owned());
    let all = found(&fake);
    let card = &all[0];
    assert!(card.is_absent());
    assert_eq!((card.id.as_str(), card.device_type.as_str()), ("pci:0000:05:00.0", "Digium TE235/TE435"));
    assert!(card.problems[0].contains("put dahdi-fw-te435.bin into /lib/firmware"), "{:?}", card.problems);
    assert_eq!(find(&all, "pci:0000:05:00.0"), None, "it is no port");
}

#[test]
fn a_card_without_a_driver_names_the_module() {
    let fake = FakeKernel::new();
    pci(&fake, "0000:05:00.0", "0x0410", None);
    assert_eq!(found(&fake)[0].problems, ["its driver is not loaded: `modprobe wct4xxp`"]);
}

#[test]
fn a_card_that_works_and_a_card_of_others_are_not_told_as_absent() {
    let fake = FakeKernel::new();
    pci(&fake, "0000:05:00.0", "0x800e", Some("wcte43x"));
    pci(&fake, "0000:06:00.0", "0x1234", None);
    pci(&fake, "0000:07:00.0", "0x800e", None);
    fake.state().files.insert("/sys/bus/pci/devices/0000:07:00.0/vendor".to_owned(), "0x8086\n".to_owned());
    assert_eq!(found(&fake), []);
}

#[test]
fn an_astribank_tells_which_firmware_it_waits_for() {
    for (product, words) in
        [("1150", Some("its USB firmware is not loaded")), ("1151", Some("its FPGA firmware")), ("1152", None)]
    {
        let fake = FakeKernel::new();
        fake.state().files.insert("/sys/bus/usb/devices/1-2/idVendor".to_owned(), "e4e4\n".to_owned());
        fake.state().files.insert("/sys/bus/usb/devices/1-2/idProduct".to_owned(), format!("{product}\n"));
        let all = found(&fake);
        assert_eq!(all.first().map(|card| card.problems[0].starts_with(words.unwrap())), words.map(|_| true), "{product}");
    }
}

#[test]
fn a_device_that_goes_away_while_it_is_looked_at_leaves_the_others() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.add(FakeSpan::e1("B1", 1));
    let gone = "/sys/bus/dahdi_devices/devices/pci:0000:05:A1";
    for file in ["type", "hardware_id", "location", "manufacturer", "dahdi_spantype", "spantype"] {
        fake.refuse(&format!("read_text {gone}/{file}"), nix::libc::ENODEV, dahdi_fake::ALWAYS);
    }
    fake.refuse(&format!("list {gone}"), nix::libc::ENOENT, dahdi_fake::ALWAYS);
    assert_eq!(ids(&fake), ["B1/1"]);
}

proptest! {
    /// Whatever the files say, nothing panics, and the other device is there.
    #[test]
    fn any_text_in_any_attribute_is_survived(text in "[ -~\\n\u{e9}]{0,40}", file in 0_usize..14) {
        const FILES: [&str; 14] = [
            "hardware_id", "location", "type", "dahdi_spantype", "spantype", "span-1/name", "span-1/local_spanno", "span-1/alarms",
            "span-1/channels", "span-1/spantype", "span-1/dahdi!chan!001!001/channo", "span-1/dahdi!chan!001!001/chanpos",
            "span-1/dahdi!chan!001!001/sig", "span-1/dahdi!chan!001!001/in_use",
        ];
        let fake = FakeKernel::new();
        fake.add(FakeSpan::e1("A1", 1));
        fake.add(FakeSpan::e1("B1", 1));
        fake.state().files.insert(format!("/sys/bus/dahdi_devices/devices/pci:0000:05:A1/{}", FILES[file]), text);
        let all = found(&fake);
        prop_assert!(all.iter().any(|port| port.device == "pci:0000:05:B1" && port.span == Some(2)));
        prop_assert!(all.iter().all(|port| port.port > 0));
    }
}
