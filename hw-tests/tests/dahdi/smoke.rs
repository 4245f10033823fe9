//! The ground that all other tests stand on: DAHDI answers, `dahdi_cfg` brings a pair of spans up and removes it, and the
//! kernel has what the media threads wait with.

use crate::far_end::{FarEnd, Span, kernel_spans, require_dahdi};
use hw_tests::scratch::Scratch;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::EventFd;

#[test]
fn dahdi_opened_has_a_version() {
    require_dahdi();
    std::fs::OpenOptions::new().read(true).write(true).open("/dev/dahdi/ctl").unwrap();
    let version = std::fs::read_to_string("/sys/module/dahdi/version").unwrap();
    assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version:?}");
}

#[test]
fn pair_configured_by_dahdi_cfg_is_clear_and_goes_away() {
    require_dahdi();
    let scratch = Scratch::new("smoke");
    let before = kernel_spans();
    let far = FarEnd::start(&scratch, &[Span::e1_isdn(0, 0), Span::e1_isdn(0, 1)]);
    far.wait_until_clear();
    for span in far.spans() {
        println!("{}{}", span.proc_text(), span.attribute("name"));
    }
    drop(far);
    assert_eq!(kernel_spans(), before);
}

#[test]
fn io_uring_and_epoll_are_in_the_kernel() {
    require_dahdi();
    let ring = io_uring::IoUring::new(64).unwrap();
    let mut probe = io_uring::Probe::new();
    ring.submitter().register_probe(&mut probe).unwrap();
    for (name, code) in [
        ("POLL_ADD", io_uring::opcode::PollAdd::CODE),
        ("READ", io_uring::opcode::Read::CODE),
        ("RECVMSG", io_uring::opcode::RecvMsg::CODE),
        ("PROVIDE_BUFFERS", io_uring::opcode::ProvideBuffers::CODE),
    ] {
        assert!(probe.is_supported(code), "io_uring has no {name}");
    }

    let event = EventFd::from_value(1).unwrap();
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
    epoll.add(&event, EpollEvent::new(EpollFlags::EPOLLIN, 7)).unwrap();
    let mut events = [EpollEvent::empty()];
    assert_eq!(epoll.wait(&mut events, EpollTimeout::ZERO).unwrap(), 1);
    assert_eq!(events[0].data(), 7);
}
