//! Every refusal names the span and the cure, says whether the device is missing, and what root could do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod dahdi_fake;

use dahdi_fake::{ALWAYS, FakeKernel, FakeSpan};
use nix::libc;
use tdm::dahdi::configure::configure;
use tdm::dahdi::ioctl::value;
use tdm::dahdi::refused::Ask;
use tdm::dahdi::{ChannelConfig, ChannelKind, EchoCanceller, LineCode, LineFraming, Place, Refused, SpanConfig, Start};
use tdm::{Law, SpanKind};

fn hardware(id: &str) -> Place {
    Place::Hardware(id.to_owned())
}

fn dynamic(driver: &str, address: &str) -> Place {
    Place::Dynamic { driver: driver.to_owned(), address: address.to_owned(), channels: 31, timing: 0 }
}

fn e1() -> SpanConfig {
    SpanConfig::primary_rate("north", hardware("A1/1"), SpanKind::E1)
}

fn channel(slot: u8, kind: ChannelKind) -> ChannelConfig {
    ChannelConfig { slot, kind, impedance: None }
}

fn analog(channels: &[ChannelConfig]) -> SpanConfig {
    SpanConfig {
        kind: SpanKind::Analog,
        framing: LineFraming::Analog,
        law: Law::Mu,
        channels: channels.to_vec(),
        ..SpanConfig::primary_rate("north", hardware("8B1/1"), SpanKind::E1)
    }
}

/// A kernel with a four-port card's first port set to E1.
fn card() -> FakeKernel {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake
}

fn refused(fake: &FakeKernel, config: &SpanConfig) -> Refused {
    let refused = configure(&fake.sys(), config).err().expect("a refusal");
    assert!(refused.to_string().starts_with("span \"north\": cannot "), "{refused}");
    refused
}

/// Refused with these words, the device being there, and nothing done.
#[track_caller]
fn assert_refused(fake: &FakeKernel, config: &SpanConfig, words: &[&str]) -> Refused {
    let refused = refused(fake, config);
    let text = refused.to_string();
    for words in words {
        assert!(text.contains(words), "{text}\nlacks: {words}");
    }
    assert!(!refused.missing, "{text}");
    refused
}

#[test]
fn module_not_loaded_is_missing_and_names_modprobe() {
    let fake = card();
    fake.state().loaded = false;
    let refused = refused(&fake, &e1());
    assert!(refused.missing);
    assert!(refused.cure.contains("`modprobe dahdi`"), "{refused}");
}

#[test]
fn module_loaded_without_a_device_file_names_udev() {
    let fake = card();
    fake.refuse("open /dev/dahdi/ctl", libc::ENOENT, 1);
    let refused = refused(&fake, &e1());
    assert!(refused.missing && refused.cure.contains("udev"), "{refused}");
}

#[test]
fn no_permission_names_the_group() {
    let fake = card();
    fake.refuse("open /dev/dahdi/ctl", libc::EACCES, 1);
    let refused = assert_refused(&fake, &e1(), &["open /dev/dahdi/ctl", "group dahdi", "usermod -aG dahdi junctor"]);
    assert_eq!(refused.source.unwrap().raw_os_error(), Some(libc::EACCES));
}

#[test]
fn modules_that_are_too_old_name_the_oldest_that_will_do() {
    for (version, good) in
        [("2.10.2", false), ("1.4.12", false), ("2.11.1.0.20170917", true), ("3.4.0", true), ("SVN-trunk-r10", true)]
    {
        let fake = card();
        fake.state().version = version.to_owned();
        if good {
            assert!(configure(&fake.sys(), &e1()).is_ok(), "{version}");
        } else {
            assert_refused(&fake, &e1(), &[version, "install 2.11 or newer"]);
        }
    }
}

#[test]
fn modules_that_tell_no_version_are_too_old() {
    let fake = card();
    fake.refuse("DAHDI_GETVERSION", libc::ENOTTY, 1);
    assert_refused(&fake, &e1(), &["too old", "2.11"]);
}

#[test]
fn a_missing_card_names_those_that_are_there() {
    let fake = card();
    let refused = refused(&fake, &SpanConfig { place: hardware("B7/2"), ..e1() });
    assert!(refused.missing);
    assert!(refused.to_string().contains("find \"B7/2\"") && refused.cure.contains("there are: A1/1"), "{refused}");
}

#[test]
fn a_missing_card_that_waits_for_firmware_names_the_file() {
    let fake = FakeKernel::new();
    fake.state().files.insert("/sys/bus/pci/devices/0000:05:00.0/vendor".to_owned(), "0xd161\n".to_owned());
    fake.state().files.insert("/sys/bus/pci/devices/0000:05:00.0/device".to_owned(), "0x8013\n".to_owned());
    fake.state().folders.insert("/sys/module/wcte43x".to_owned());
    let refused = refused(&fake, &e1());
    assert!(refused.missing && refused.cure.contains("dahdi-fw-te436.bin"), "{refused}");
}

#[test]
fn a_port_of_the_other_kind_is_asked_of_root_or_told_final() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::t1("A1", 1));
    let refused = assert_refused(&fake, &e1(), &["use A1/1 as E1", "it is set to t1", "junctor-spans"]);
    let device = "pci:0000:05:A1".to_owned();
    assert_eq!(refused.ask.as_deref(), Some(&Ask::SetKind { device, port: 1, kind: SpanKind::E1, assigned: true }));

    let fixed = FakeKernel::new();
    fixed.add(FakeSpan { driver: Some("tor2".to_owned()), ..FakeSpan::t1("A1", 1) });
    assert_eq!(assert_refused(&fixed, &e1(), &["it is t1 and cannot be changed"]).ask, None);

    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "ss"));
    assert_eq!(assert_refused(&fake, &SpanConfig { place: hardware("8B1/1"), ..e1() }, &["it is analog and cannot"]).ask, None);
    assert_eq!(fake.logged("DAHDI_CHANCONFIG"), 0);
}

#[test]
fn the_kind_is_asked_for_before_the_number() {
    let fake = FakeKernel::new();
    fake.state().auto_assign = false;
    fake.add(FakeSpan::t1("A1", 1));
    let device = "pci:0000:05:A1".to_owned();
    let ask = Ask::SetKind { device: device.clone(), port: 1, kind: SpanKind::E1, assigned: false };
    assert_eq!(refused(&fake, &e1()).ask.as_deref(), Some(&ask));
    fake.state().spans[0].span_type = "E1".to_owned();
    let refused = assert_refused(&fake, &e1(), &["port 1 of pci:0000:05:A1", "no span number", "junctor-spans"]);
    assert_eq!(refused.ask.as_deref(), Some(&Ask::Assign { device, port: 1 }));
}

#[test]
fn a_span_of_another_program_names_the_channel_and_the_program() {
    let fake = card();
    fake.channel(5, |channel| channel.sigtype = value::SIG_CAS);
    fake.process(812, "asterisk", &["/dev/dahdi/channel"]);
    assert_refused(&fake, &e1(), &["use A1/1 (span 1)", "channel 5 is CAS, perhaps by asterisk (process 812)", "dahdi_cfg -s"]);
    assert_eq!(fake.channel(5, |channel| channel.sigtype), value::SIG_CAS);
    assert_eq!(fake.logged("DAHDI_CHANCONFIG") + fake.logged("DAHDI_SHUTDOWN"), 0);
}

#[test]
fn a_configured_channel_that_is_to_have_no_use_is_another_programs() {
    let fake = card();
    fake.channel(31, |channel| channel.sigtype = value::SIG_CLEAR);
    let mut config = e1();
    config.channels.truncate(20);
    assert_refused(&fake, &config, &["channel 31 is Clear"]);
}

#[test]
fn a_busy_channel_names_the_process_that_has_it() {
    let fake = card();
    fake.channel(7, |channel| channel.sigtype = value::SIG_CLEAR);
    let _open = fake.occupy(7);
    fake.process(812, "asterisk", &["/dev/null", "/dev/dahdi/7"]);
    fake.process(900, "dahdi_monitor", &["/dev/dahdi/channel"]);
    let refused = assert_refused(&fake, &e1(), &["channels 7 are busy", "stop asterisk (process 812)"]);
    assert!(!refused.cure.contains("dahdi_monitor"), "only who is certain: {refused}");
    assert_eq!(fake.logged("DAHDI_CHANCONFIG"), 0);
}

#[test]
fn a_busy_channel_names_whoever_has_some_channel_when_nobody_is_certain() {
    let fake = card();
    fake.channel(7, |channel| channel.sigtype = value::SIG_CLEAR);
    let _open = fake.occupy(7);
    assert_refused(&fake, &e1(), &["another program (`fuser -v /dev/dahdi/*` shows which)"]);
    fake.process(std::process::id(), "junctord", &["/dev/dahdi/channel"]);
    assert_refused(&fake, &e1(), &["this very program, for another span"]);
    fake.process(900, "pattest", &["/dev/dahdi/channel"]);
    let refused = assert_refused(&fake, &e1(), &["stop pattest (process 900)"]);
    assert!(!refused.cure.contains("this very"), "{refused}");
}

#[test]
fn a_span_that_is_configured_twice_is_refused_the_second_time() {
    let fake = card();
    let _first = configure(&fake.sys(), &e1()).unwrap();
    let _open = fake.occupy(16);
    fake.process(std::process::id(), "junctord", &["/dev/dahdi/channel"]);
    assert_refused(&fake, &e1(), &["this very program"]);
    assert!(fake.span(1, |span| span.running), "the first one works on");
}

#[test]
fn a_wrong_law_names_the_right_one() {
    let fake = card();
    assert_refused(&fake, &SpanConfig { law: Law::Mu, ..e1() }, &["the law of an E1 is A"]);
    let t1 = SpanConfig::primary_rate("north", hardware("A1/1"), SpanKind::T1);
    assert_refused(&fake, &SpanConfig { law: Law::A, ..t1 }, &["the law of a T1 is mu"]);
    assert_eq!(fake.log(), Vec::<String>::new(), "the kernel was not even asked");
}

#[test]
fn settings_that_cannot_be_are_told_before_the_kernel_is_asked() {
    let fake = card();
    let echo = |taps, module: &str, count| {
        let parameters = (0..count).map(|index| (format!("p{index}"), 0)).collect();
        Some(EchoCanceller { module: module.to_owned(), taps, parameters })
    };
    let doubled = vec![channel(1, ChannelKind::B), channel(1, ChannelKind::B)];
    for (config, words) in [
        (SpanConfig { framing: LineFraming::Esf, ..e1() }, "is no framing of a span of kind E1"),
        (SpanConfig { channels: Vec::new(), ..e1() }, "no channel has a use"),
        (SpanConfig { channels: doubled, ..e1() }, "timeslot 1 is listed twice"),
        (SpanConfig { line_build_out: 8, ..e1() }, "line build-out is 8 (0 to 7)"),
        (SpanConfig { clock_priority: 16, ..e1() }, "clock priority 16 (0 to 15)"),
        (SpanConfig { tone_zone: Some("fr".to_owned()), ..e1() }, "no tone zone \"fr\""),
        (SpanConfig { echo: echo(100, "mg2", 0), ..e1() }, "taps are 32, 64, 128"),
        (SpanConfig { echo: echo(128, "a_name_of_16_char", 0), ..e1() }, "1 to 15 characters"),
        (SpanConfig { echo: echo(128, "mg2", 9), ..e1() }, "at most 8 parameters"),
        (
            SpanConfig {
                place: Place::Dynamic { driver: "loc".to_owned(), address: "x".repeat(40), channels: 31, timing: 0 },
                ..e1()
            },
            "at most 39",
        ),
    ] {
        assert_refused(&fake, &config, &[words]);
    }
    let asked = fake.log().into_iter().filter(|line| line.contains("DAHDI_") && !line.contains("GETVERSION")).count();
    assert_eq!(asked, 0);
}

#[test]
fn a_line_that_the_card_cannot_do_names_what_it_can() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan { linecompat: value::CONFIG_CCS | value::CONFIG_HDB3, ..FakeSpan::e1("A1", 1) });
    assert_refused(&fake, &e1(), &["for CCS, HDB3, CRC4", "cannot do CRC4 (it can do CCS, HDB3)"]);
    assert_refused(&fake, &SpanConfig { code: LineCode::B8zs, ..e1() }, &["cannot do B8ZS, CRC4"]);
    assert_eq!(fake.logged("DAHDI_SPANCONFIG"), 0);
}

#[test]
fn a_channel_that_the_span_has_not_is_named() {
    let fake = card();
    let mut config = e1();
    config.channels.push(channel(32, ChannelKind::B));
    assert_refused(&fake, &config, &["find timeslot 32", "A1/1 has 31 channels"]);
}

#[test]
fn a_port_with_the_other_module_or_none_says_so() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "so-"));
    let fxs = ChannelKind::Fxs(Start::Loop);
    let fxo = ChannelKind::Fxo(Start::Loop);
    assert_refused(&fake, &analog(&[channel(2, fxs)]), &["configure port 2 (channel 2)", "an FXO module is plugged in there"]);
    assert_refused(&fake, &analog(&[channel(1, fxo)]), &["an FXS module is plugged in there"]);
    assert_refused(&fake, &analog(&[channel(3, fxo)]), &["no module works there"]);
    assert!((1..=3).all(|channo| fake.channel(channo, |channel| channel.sigtype == 0)));
}

#[test]
fn a_kind_of_channel_that_the_line_cannot_do_names_another() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan { sigcaps: vec![value::SIG_CLEAR; 31], ..FakeSpan::e1("A1", 1) });
    let with = |kind| SpanConfig { channels: vec![channel(1, kind)], ..e1() };
    assert_refused(&fake, &with(ChannelKind::EAndM), &["timeslot 1 (channel 1)", "on an E1 the kind is em-e1"]);
    assert_refused(&fake, &with(ChannelKind::EAndME1), &["on a T1 the kind is em"]);
    assert_refused(&fake, &with(ChannelKind::D { hardware_hdlc: true }), &["set hardware_hdlc = false"]);
    assert_refused(&fake, &with(ChannelKind::Cas { idle_bits: 0 }), &["choose another kind"]);
}

#[test]
fn a_canceller_that_is_not_there_names_its_module() {
    let fake = card();
    let with = |module: &str| SpanConfig {
        echo: Some(EchoCanceller { module: module.to_owned(), taps: 128, parameters: vec![] }),
        ..e1()
    };
    assert_refused(&fake, &with("sec9"), &["attach echo canceller \"sec9\" to timeslot 1", "`modprobe dahdi_echocan_sec9`"]);
    assert_refused(&fake, &with("hwec"), &["the card has none", "dahdi-fw-oct6114"]);
    assert!((1..=31).all(|channo| fake.channel(channo, |channel| channel.sigtype == 0 && channel.canceller.is_none())));
}

#[test]
fn hardware_canceller_that_the_kernel_attaches_to_nothing_is_refused() {
    let fake = FakeKernel::new();
    let echo = Some(EchoCanceller { module: "hwec".to_owned(), taps: 128, parameters: vec![] });
    assert_refused(&fake, &SpanConfig { place: dynamic("loc", "0:0"), echo, ..e1() }, &["to channel 1", "the card has none"]);
    assert!(fake.state().spans.is_empty());
}

#[test]
fn another_country_mode_names_the_modules_option() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::analog("8B1", "o"));
    let config = SpanConfig { country_mode: Some("TBR21".to_owned()), ..analog(&[channel(1, ChannelKind::Fxo(Start::Loop))]) };
    assert_refused(&fake, &config, &["use country mode TBR21 on 8B1/1", "driver wcaxx has no country mode"]);
    let file = "/sys/module/wcaxx/parameters/opermode";
    fake.state().files.insert(file.to_owned(), "FCC\n".to_owned());
    assert_refused(&fake, &config, &["wcaxx was loaded with FCC", "options wcaxx opermode=TBR21"]);
    fake.state().files.insert(file.to_owned(), "tbr21\n".to_owned());
    assert!(configure(&fake.sys(), &config).is_ok());
    // The file belongs to root on many cards.
    fake.refuse(&format!("read_text {file}"), libc::EACCES, ALWAYS);
    assert!(configure(&fake.sys(), &config).is_ok());
    fake.state().spans[0].driver = None;
    assert_refused(&fake, &config, &["does not show the card's driver"]);
}

#[test]
fn a_dynamic_span_without_its_driver_names_the_modules() {
    let fake = FakeKernel::new();
    let config = |driver, address| SpanConfig { place: dynamic(driver, address), ..e1() };
    assert_refused(&fake, &config("usb", "1"), &["create span usb/1", "`modprobe dahdi_dynamic_usb`"]);
    fake.state().dynamic_drivers.clear();
    assert_refused(&fake, &config("loc", "0:0"), &["`modprobe dahdi_dynamic`", "`modprobe dahdi_dynamic_loc`"]);
}

#[test]
fn a_dynamic_address_that_the_driver_does_not_take_shows_its_form() {
    let fake = FakeKernel::new();
    fake.state().folders.insert("/sys/module/dahdi_dynamic_loc".to_owned());
    assert_refused(&fake, &SpanConfig { place: dynamic("loc", "zz:0"), ..e1() }, &["KEY:ID", "hexadecimal"]);
}

#[test]
fn a_dynamic_span_that_another_program_uses_is_refused_and_stays() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::dynamic("loc", "0:0", 31));
    let config = SpanConfig { place: dynamic("loc", "0:0"), ..e1() };
    fake.channel(1, |channel| channel.sigtype = value::SIG_CLEAR);
    let open = fake.occupy(1);
    assert_refused(&fake, &config, &["DYN/loc/0:0/1 (span 1)", "channels 1 are busy"]);
    drop(open);
    fake.channel(1, |channel| channel.sigtype = value::SIG_EM);
    assert_refused(&fake, &config, &["another program has configured it", "channel 1 is E&M"]);
    assert_eq!(fake.state().spans.len(), 1, "it is not ours to destroy");
    assert_eq!(fake.logged("DAHDI_DYNAMIC_DESTROY"), 0);
}

#[test]
fn a_dynamic_span_of_another_size_is_refused_and_stays() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::dynamic("loc", "0:0", 24));
    assert_refused(
        &fake,
        &SpanConfig { place: dynamic("loc", "0:0"), ..e1() },
        &["with 31 channels", "there already with 24 channels"],
    );
    assert_eq!(fake.state().spans.len(), 1);
}

#[test]
fn every_error_number_has_a_cure_and_only_absence_is_missing() {
    let known = [
        (libc::ENOENT, "load the dahdi module"),
        (libc::EACCES, "group dahdi"),
        (libc::EPERM, "group dahdi"),
        (libc::EBUSY, "fuser -v"),
        (libc::ENXIO, "configured anew"),
        (libc::ENODEV, "plug it in again"),
        (libc::EINVAL, "junctor span detect"),
        (libc::ENOTTY, "take the setting out"),
        (libc::ENOSYS, "take the setting out"),
        (libc::ENODATA, "tone_zone"),
        (libc::EMFILE, "LimitNOFILE"),
        (libc::ENOMEM, "fewer channels"),
        (libc::EIO, "reseat it"),
        (libc::ETIMEDOUT, "reseat it"),
    ];
    for errno in 1..134 {
        let refused = Refused::of("north", "open timeslot 3", std::io::Error::from_raw_os_error(errno));
        let text = refused.to_string();
        assert!(text.starts_with("span \"north\": cannot open timeslot 3: ") && text.len() > 50, "{text}");
        assert_eq!(refused.missing, errno == libc::ENOENT || errno == libc::ENODEV, "{text}");
        match known.iter().find(|(known, _)| *known == errno) {
            Some((_, words)) => assert!(text.contains(words), "{text}"),
            None if [libc::ENFILE].contains(&errno) => assert!(text.contains("LimitNOFILE"), "{text}"),
            None => assert!(text.contains("journalctl -k"), "{text}"),
        }
    }
}
