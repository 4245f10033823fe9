//! The far end as another process or thread: it comes, goes, comes back, or is none that can be talked to.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use std::os::fd::AsRawFd as _;

use joined::{SocketPath, channel_events, read_block, read_frame, serve_until, span_events};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, connect, send, socket};
use tdm::virtual_span::wire::{MAX_MESSAGE, Message, Shape};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser};
use tdm::{Alarms, ChannelEvent, Error, Law, Mode, Span, SpanEvent, SpanInfo, SpanKind};

fn listen(at: &SocketPath, clock: Clock) -> VirtualNetwork {
    VirtualNetwork::listen(at.path(), SpanInfo::e1("network"), clock).unwrap()
}

fn join(at: &SocketPath) -> VirtualUser {
    VirtualUser::connect(at.path(), SpanInfo::e1("user")).unwrap()
}

/// Runs both ends in this thread until `done`, without waiting.
fn run_both(network: &mut VirtualNetwork, user: &mut VirtualUser, mut done: impl FnMut(&VirtualNetwork, &VirtualUser) -> bool) {
    while !done(network, user) {
        network.service().unwrap();
        user.service().unwrap();
    }
}

const ECHO: &str = "TDM_TEST_ECHO_AT";

/// The body of the other process: echoes audio of timeslot 1 and frames of 16 until the network end closes.
#[test]
fn other_process() {
    let Ok(path) = std::env::var(ECHO) else { return };
    let mut user = VirtualUser::connect(path.as_ref(), SpanInfo::e1("user")).unwrap();
    let mut audio = user.open(1, Mode::Audio).unwrap();
    let mut d_channel = user.open(16, Mode::Hdlc).unwrap();
    serve_until(&mut user, |user, _| {
        while let Some(block) = read_block(&mut *audio) {
            audio.write(&block).unwrap();
        }
        while let Some(frame) = read_frame(&mut *d_channel) {
            d_channel.write(&frame).unwrap();
        }
        span_events(user).contains(&SpanEvent::FarEndGone)
    });
}

#[test]
fn other_process_echoes_audio_and_frames_in_lock_step() {
    let at = SocketPath::new("process");
    let mut network = listen(&at, Clock::LockStep);
    let mut audio = network.open(1, Mode::Audio).unwrap();
    let mut d_channel = network.open(16, Mode::Hdlc).unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "other_process"])
        .env(ECHO, at.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let (mut sent, mut heard, mut ticks) = (Vec::new(), Vec::new(), 0_u32);
    let mut frame = None;
    serve_until(&mut network, |_, blocks| {
        if blocks == 0 {
            return false;
        }
        ticks += blocks;
        heard.extend(read_block(&mut *audio).unwrap());
        let block: [u8; 80] = std::array::from_fn(|at| (ticks as usize * 7 + at) as u8);
        audio.write(&block).unwrap();
        sent.extend(block);
        if ticks == 1 {
            d_channel.write(&[7; 260]).unwrap();
        }
        frame = frame.take().or_else(|| read_frame(&mut *d_channel));
        ticks == 300
    });
    drop(network);
    assert!(child.wait().unwrap().success());
    let first = heard.iter().position(|octet| *octet != 0xd5).unwrap();
    assert_eq!(heard[first..], sent[..heard.len() - first]);
    assert!(first <= 4 * 80, "{first}");
    assert_eq!(frame, Some(vec![7; 260]));
}

#[test]
fn network_end_comes_late_user_end_finds_it() {
    let at = SocketPath::new("late");
    let mut user = join(&at);
    assert_eq!(user.alarms(), Alarms::RED);
    let path = at.path().to_owned();
    let network = std::thread::spawn(move || {
        let mut network = VirtualNetwork::listen(&path, SpanInfo::e1("network"), Clock::LockStep).unwrap();
        serve_until(&mut network, |network, _| span_events(network).contains(&SpanEvent::FarEndGone));
    });
    serve_until(&mut user, |user, _| user.alarms() == Alarms::NONE);
    drop(user);
    network.join().unwrap();
}

#[test]
fn network_end_restarts_user_end_holds_over_in_silence_and_comes_back() {
    let at = SocketPath::new("restart");
    let mut network = listen(&at, Clock::RealTime);
    let mut user = join(&at);
    let mut audio = user.open(1, Mode::Audio).unwrap();
    let mut cas = user.open(2, Mode::Cas).unwrap();
    cas.set_bits(9).unwrap();
    run_both(&mut network, &mut user, |network, _| network.counters().blocks >= 2);
    drop(network);
    let before = user.counters().blocks;
    serve_until(&mut user, |user, _| user.counters().blocks >= before + 3);
    assert_eq!(user.alarms(), Alarms::RED);
    while read_block(&mut *audio).is_some() {}
    serve_until(&mut user, |_, blocks| blocks > 0);
    assert_eq!(read_block(&mut *audio), Some([0xd5; 80]), "the clock goes on and brings silence");

    let mut network = listen(&at, Clock::RealTime);
    let far = network.open(2, Mode::Cas).unwrap();
    run_both(&mut network, &mut user, |network, user| network.alarms().is_none() && user.alarms().is_none());
    assert_eq!(user.counters().connections, 2);
    let blocks = network.counters().blocks;
    run_both(&mut network, &mut user, |network, _| network.counters().blocks > blocks + 1);
    assert_eq!(far.bits(), 9, "a new far end hears the bits again");
    let events = span_events(&mut user);
    let alarms = |alarms| SpanEvent::AlarmsChanged { alarms };
    let expected = [
        SpanEvent::FarEndBack,
        alarms(Alarms::NONE),
        SpanEvent::FarEndGone,
        alarms(Alarms::RED),
        SpanEvent::FarEndBack,
        alarms(Alarms::NONE),
    ];
    assert_eq!(events.into_iter().filter(|event| !matches!(event, SpanEvent::Slip { .. })).collect::<Vec<_>>(), expected);
}

#[test]
fn user_end_goes_network_end_is_red_and_takes_the_next() {
    let at = SocketPath::new("next");
    let mut network = listen(&at, Clock::LockStep);
    let mut d_channel = network.open(16, Mode::Hdlc).unwrap();
    let mut user = join(&at);
    let mut far = user.open(16, Mode::Hdlc).unwrap();
    far.write(&[1; 200]).unwrap();
    run_both(&mut network, &mut user, |network, _| network.counters().blocks == 1);
    assert_eq!(network.alarms(), Alarms::NONE);
    drop(user);
    network.service().unwrap();
    assert_eq!(network.alarms(), Alarms::RED);
    assert_eq!(channel_events(&mut *d_channel), [ChannelEvent::HdlcAbort], "the frame that was arriving");
    assert_eq!(d_channel.write(&[2; 20]).unwrap(), 20, "a cut line swallows frames");

    let mut user = join(&at);
    let mut far = user.open(16, Mode::Hdlc).unwrap();
    run_both(&mut network, &mut user, |network, _| network.counters().blocks == 3);
    d_channel.write(&[3; 20]).unwrap();
    run_both(&mut network, &mut user, |network, _| network.counters().blocks == 5);
    assert_eq!(read_frame(&mut *far), Some(vec![3; 20]));
    assert_eq!(network.counters().connections, 2);
}

#[test]
fn second_far_end_is_turned_away_and_the_first_goes_on() {
    let at = SocketPath::new("second");
    let mut network = listen(&at, Clock::LockStep);
    let mut user = join(&at);
    run_both(&mut network, &mut user, |network, _| network.counters().blocks == 2);
    let mut second = join(&at);
    network.service().unwrap();
    second.service().unwrap();
    assert_eq!(second.alarms(), Alarms::RED);
    assert_eq!(network.counters().refused, 1);
    run_both(&mut network, &mut user, |network, _| network.counters().blocks == 4);
    assert_eq!(network.alarms(), Alarms::NONE);
}

#[test]
fn far_end_of_another_shape_is_cut_off_by_both() {
    let at = SocketPath::new("shape");
    let mut network = listen(&at, Clock::LockStep);
    let mut user = VirtualUser::connect(at.path(), SpanInfo::t1("t1")).unwrap();
    network.service().unwrap();
    network.service().unwrap();
    user.service().unwrap();
    assert_eq!(user.counters().refused, 1);
    assert_eq!(user.alarms(), Alarms::RED);
    let SpanEvent::FarEndRefused { reason } = user.poll_event().unwrap() else { panic!("no event") };
    assert!(reason.contains("kind: E1") && reason.contains("kind: T1"), "{reason}");
}

/// What a stranger sends to the network end, after which it must be cut off, and the counters then.
fn stranger(test: &str, messages: &[Vec<u8>]) -> VirtualNetwork {
    let at = SocketPath::new(test);
    let mut network = listen(&at, Clock::LockStep);
    let socket = socket(AddressFamily::Unix, SockType::SeqPacket, SockFlag::empty(), None).unwrap();
    connect(socket.as_raw_fd(), &UnixAddr::new(at.path()).unwrap()).unwrap();
    network.service().unwrap(); // accepts and sends tick 0
    for message in messages {
        send(socket.as_raw_fd(), message, MsgFlags::empty()).unwrap();
    }
    network.service().unwrap();
    assert_eq!(network.alarms(), Alarms::RED);
    let mut user = join(&at);
    run_both(&mut network, &mut user, |network, _| network.alarms().is_none());
    network
}

fn answer(tick: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    Message::new(Shape { kind: SpanKind::E1, law: Law::A, timeslots: 31 }, tick).emit(&mut octets);
    octets
}

#[test]
fn strangers_are_counted_and_cut_off_and_the_next_is_served() {
    let mut other_version = answer(0);
    other_version[4] = 9;
    for (test, message) in [
        ("garbage", b"hello".to_vec()),
        ("version", other_version),
        ("too-long", vec![0; MAX_MESSAGE + 1]),
        ("future", answer(1)),
        ("far-future", answer(u64::MAX)),
    ] {
        let network = stranger(test, &[message]);
        assert_eq!(network.counters().malformed, 1, "{test}");
    }
    // The second answer to the same tick: the first was good, so the far end was there and went.
    let network = stranger("repeated", &[answer(0), answer(0)]);
    assert_eq!((network.counters().malformed, network.counters().connections), (1, 2));
}

#[test]
fn live_sockets_and_other_files_are_not_replaced() {
    let at = SocketPath::new("stale");
    let somebody = std::os::unix::net::UnixListener::bind(at.path()).unwrap();
    assert!(VirtualNetwork::listen(at.path(), SpanInfo::e1("a"), Clock::LockStep).is_err());
    assert!(std::os::unix::net::UnixStream::connect(at.path()).is_ok(), "still there");
    drop(somebody);

    let first = listen(&at, Clock::LockStep);
    let error = VirtualNetwork::listen(at.path(), SpanInfo::e1("b"), Clock::LockStep).err().unwrap();
    assert!(matches!(&error, Error::Os { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse), "{error:?}");
    drop(first);
    assert!(!at.path().exists());

    std::fs::write(at.path(), "precious").unwrap();
    assert!(VirtualNetwork::listen(at.path(), SpanInfo::e1("c"), Clock::LockStep).is_err());
    assert_eq!(std::fs::read_to_string(at.path()).unwrap(), "precious");
}

#[test]
fn process_that_died_leaves_a_socket_file_and_it_is_replaced() {
    let at = SocketPath::new("died");
    let socket = socket(AddressFamily::Unix, SockType::SeqPacket, SockFlag::empty(), None).unwrap();
    nix::sys::socket::bind(socket.as_raw_fd(), &UnixAddr::new(at.path()).unwrap()).unwrap();
    drop(socket);
    assert!(at.path().exists());
    let mut network = listen(&at, Clock::LockStep);
    let mut user = join(&at);
    run_both(&mut network, &mut user, |network, _| network.alarms().is_none());
}
