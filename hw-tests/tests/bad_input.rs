//! Bytes that no peer should send: counted, answered as the standard says, and nobody else on the box notices.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{expect_heard, river, town};
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(10);

const INVITE_WITHOUT_CSEQ: &str = "INVITE sip:5551001@127.0.0.1 SIP/2.0\r\n\
Via: SIP/2.0/UDP 127.0.0.1:PORT;branch=z9hG4bKbad1\r\n\
From: <sip:x@127.0.0.1>;tag=1\r\n\
To: <sip:5551001@127.0.0.1>\r\n\
Call-ID: bad-1\r\n\
Max-Forwards: 70\r\n\
Content-Length: 0\r\n\r\n";

#[test]
fn malformed_sip_and_rtp_do_not_disturb_a_call() {
    let scratch = Scratch::new("bad-input");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()));
    let mut gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()));
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let long_header = format!("INVITE sip:x@y SIP/2.0\r\nX: {}\r\n\r\n", "a".repeat(60_000));
    let bad: [&[u8]; 6] = [b"", b"\r\n\r\n", b"\0\xff\x80garbage", b"INVITE", b"SIP/2.0 200", long_header.as_bytes()];
    for bytes in bad {
        socket.send_to(bytes, gateway.address()).unwrap();
    }
    let media = media_port(&phone);
    for length in 0..40_usize {
        socket.send_to(&vec![0x80; length], ("127.0.0.1", media)).unwrap();
        socket.send_to(&vec![0xff; length], ("127.0.0.1", media + 1)).unwrap();
    }
    socket.send_to(INVITE_WITHOUT_CSEQ.replace("PORT", &port).as_bytes(), gateway.address()).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    let answers = read_answers(&socket);
    assert!(answers.iter().any(|a| a.starts_with("SIP/2.0 400 ") && a.contains("bad-1")), "{answers:?}");
    assert!(answers.iter().all(|a| a.starts_with("SIP/2.0 4") || a.starts_with("SIP/2.0 5")), "{answers:?}");

    std::thread::sleep(Duration::from_secs(7));
    phone.hang_up();
    phone.wait_for("CALL_CLOSED", SOON);
    expect_heard(&town(), &phone.heard());
    let status = gateway.wait_until_idle(SOON);
    assert!(status.counters.malformed_sip >= 3, "{:?}", status.counters);
    assert!(status.counters.malformed_rtp >= 1, "{:?}", status.counters);
    assert!(gateway.is_running());
}

/// What comes back within a second of the last.
fn read_answers(socket: &UdpSocket) -> Vec<String> {
    let mut answers = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length) = socket.recv(&mut buffer) {
        answers.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    }
    answers
}

/// Where the phone was told to send its RTP: the audio port in the last SDP it got.
fn media_port(phone: &Baresip) -> u16 {
    let log = phone.log();
    let mut ports =
        log.lines().filter_map(|line| line.strip_prefix("m=audio ")).filter_map(|l| l.split(' ').next()?.parse().ok());
    ports.next_back().unwrap()
}

#[test]
fn garbage_on_tcp_closes_that_connection_and_no_other() {
    let scratch = Scratch::new("bad-tcp");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).transport(Transport::Tcp));
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Tcp, phone.port()));
    phone.dial(&gateway.uri("5551001", Transport::Tcp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    let mut stream = TcpStream::connect(gateway.address()).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream.write_all(b"this is not SIP\r\n\0\xff\r\n\r\n").unwrap();
    let start = Instant::now();
    let mut rest = Vec::new();
    // Reading to the end returns only when the box closes; an answer before that is allowed.
    let _ = stream.read_to_end(&mut rest);
    assert!(start.elapsed() < SOON, "the box keeps the connection open: {:?}", String::from_utf8_lossy(&rest));
    phone.hang_up();
    phone.wait_for("CALL_CLOSED", SOON);
    assert_eq!(gateway.record().cause, 16);
}
