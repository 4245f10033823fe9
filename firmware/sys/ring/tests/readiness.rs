//! What is reported of one descriptor: each edge once, what was there before, urgent data, a far end that has gone.
#![allow(unsafe_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, and needs raw calls")]
mod both;
use both::{expect_quiet, on_both_back_ends, pair, read_out, readable, ring, wait};
use nix::libc;
use nix::sys::socket::{MsgFlags, recv, send};
use ring::{Interest, Ready, Token};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};

fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    theirs.set_nodelay(true).unwrap();
    let ours = listener.accept().unwrap().0;
    ours.set_nonblocking(true).unwrap();
    (ours, theirs)
}

on_both_back_ends! {
    fn idle_data_arrives_reported_once_for_each_edge(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *ring);
        for _ in 0..3 {
            theirs.write_all(b"block").unwrap();
            assert_eq!(wait(&mut *ring), [readable(1)]);
            // Unread data is no new edge.
            expect_quiet(&mut *ring);
            assert_eq!(read_out(&ours), 5);
            expect_quiet(&mut *ring);
        }
    }

    fn unread_data_more_arrives_is_another_edge(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        for _ in 0..3 {
            theirs.write_all(b"block").unwrap();
            assert_eq!(wait(&mut *ring), [readable(1)]);
        }
        assert_eq!(read_out(&ours), 15);
    }

    fn data_present_watched_is_reported_at_once(backend: Backend) {
        let (ours, mut theirs) = pair();
        theirs.write_all(b"early").unwrap();
        let mut ring = ring(backend);
        ring.watch(Token(u64::MAX), ours.as_fd(), Interest::BOTH).unwrap();
        assert_eq!(wait(&mut *ring), [readable(u64::MAX)]);
        assert_eq!(read_out(&ours), 5);
        expect_quiet(&mut *ring);
        theirs.write_all(b"later").unwrap();
        assert_eq!(wait(&mut *ring), [readable(u64::MAX)]);
    }

    fn several_edges_between_waits_are_one_report(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *ring);
        for _ in 0..5 {
            theirs.write_all(b"block").unwrap();
        }
        assert_eq!(wait(&mut *ring), [readable(1)]);
        assert_eq!(read_out(&ours), 25);
        expect_quiet(&mut *ring);
    }

    fn plain_data_watched_for_both_is_not_urgent(backend: Backend) {
        let (ours, mut theirs) = tcp_pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::BOTH).unwrap();
        theirs.write_all(b"block").unwrap();
        assert_eq!(wait(&mut *ring), [readable(1)]);
    }

    fn plain_data_watched_for_urgent_is_silence(backend: Backend) {
        let (ours, mut theirs) = tcp_pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::URGENT).unwrap();
        theirs.write_all(b"block").unwrap();
        expect_quiet(&mut *ring);
    }

    fn out_of_band_octet_is_urgent(backend: Backend) {
        let (ours, theirs) = tcp_pair();
        let mut ring = ring(backend);
        // Watched alone, urgent data of TCP is not reported by io_uring of Linux 6.18; DAHDI's wake-ups carry no mask.
        ring.watch(Token(1), ours.as_fd(), Interest::BOTH).unwrap();
        expect_quiet(&mut *ring);
        for _ in 0..2 {
            send(theirs.as_raw_fd(), b"!", MsgFlags::MSG_OOB).unwrap();
            let ready = wait(&mut *ring);
            assert!(ready.len() == 1 && ready[0].urgent && !ready[0].gone, "{ready:?}");
            assert_eq!(recv(ours.as_raw_fd(), &mut [0], MsgFlags::MSG_OOB), Ok(1));
        }
    }

    fn out_of_band_octet_with_data_is_both(backend: Backend) {
        let (ours, mut theirs) = tcp_pair();
        let mut ring = ring(backend);
        send(theirs.as_raw_fd(), b"!", MsgFlags::MSG_OOB).unwrap();
        theirs.write_all(b"data").unwrap();
        // One report says both when both are there before the watch begins.
        while recv(ours.as_raw_fd(), &mut [0; 8], MsgFlags::MSG_PEEK).is_err() {}
        ring.watch(Token(1), ours.as_fd(), Interest::BOTH).unwrap();
        assert_eq!(wait(&mut *ring), [Ready { token: Token(1), readable: true, urgent: true, gone: false }]);
    }

    fn pty_in_packet_mode_state_changes_is_urgent(backend: Backend) {
        let pty = nix::pty::openpty(None, None).unwrap();
        let on: libc::c_int = 1;
        // SAFETY: TIOCPKT reads one int, which lives across the call.
        assert_eq!(unsafe { libc::ioctl(pty.master.as_raw_fd(), libc::TIOCPKT, &on) }, 0);
        let mut ring = ring(backend);
        ring.watch(Token(4), pty.master.as_fd(), Interest::BOTH).unwrap();
        expect_quiet(&mut *ring);
        // SAFETY: tcflush takes no pointer.
        assert_eq!(unsafe { libc::tcflush(pty.slave.as_raw_fd(), libc::TCIFLUSH) }, 0);
        let ready = wait(&mut *ring);
        assert!(ready.len() == 1 && ready[0].urgent && !ready[0].gone, "{ready:?}");
    }

    fn far_end_closes_is_gone(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *ring);
        theirs.write_all(b"last").unwrap();
        drop(theirs);
        let ready = wait(&mut *ring);
        assert_eq!(ready, [Ready { token: Token(1), readable: true, urgent: false, gone: true }]);
        assert_eq!(read_out(&ours), 4);
        expect_quiet(&mut *ring);
    }

    fn far_end_gone_already_watched_for_urgent_is_gone(backend: Backend) {
        let (ours, theirs) = pair();
        drop(theirs);
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::URGENT).unwrap();
        let ready = wait(&mut *ring);
        assert!(ready.len() == 1 && ready[0].gone && !ready[0].urgent, "{ready:?}");
    }

    fn far_end_shuts_down_writing_is_gone(backend: Backend) {
        let (ours, theirs) = tcp_pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::READ).unwrap();
        expect_quiet(&mut *ring);
        theirs.shutdown(std::net::Shutdown::Write).unwrap();
        let ready = wait(&mut *ring);
        assert!(ready.len() == 1 && ready[0].gone, "{ready:?}");
    }

    fn pipe_without_writer_is_gone(backend: Backend) {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        let mut ring = ring(backend);
        ring.watch(Token(1), reader.as_fd(), Interest::READ).unwrap();
        drop(writer);
        assert_eq!(wait(&mut *ring), [Ready { token: Token(1), readable: false, urgent: false, gone: true }]);
    }

    fn no_interest_only_the_end_is_reported(backend: Backend) {
        let (ours, mut theirs) = pair();
        let mut ring = ring(backend);
        ring.watch(Token(1), ours.as_fd(), Interest::default()).unwrap();
        theirs.write_all(b"block").unwrap();
        expect_quiet(&mut *ring);
        drop(theirs);
        assert_eq!(wait(&mut *ring), [Ready { token: Token(1), readable: false, urgent: false, gone: true }]);
    }
}
