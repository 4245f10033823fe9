//! Both ends of a virtual span in one thread, in lock step.
#![allow(dead_code, reason = "each test file uses its part")]
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{BLOCK, Channel, Error, Span, SpanEvent, SpanInfo};

pub(crate) struct Joined {
    pub(crate) network: VirtualNetwork,
    pub(crate) user: VirtualUser,
}

impl Joined {
    pub(crate) fn e1() -> Self {
        Self::of(SpanInfo::e1("span1"))
    }

    pub(crate) fn of(info: SpanInfo) -> Self {
        let (network, user) = pair(info, Clock::LockStep).unwrap();
        Self { network, user }
    }

    /// One tick there and back: one block became readable at both ends.
    pub(crate) fn tick(&mut self) {
        assert_eq!(self.network.service().unwrap().blocks, 0, "the network end sends");
        assert_eq!(self.user.service().unwrap().blocks, 1, "the user end takes the tick and answers");
        assert_eq!(self.network.service().unwrap().blocks, 1, "the network end takes the answer");
    }

    pub(crate) fn ticks(&mut self, count: usize) {
        for _ in 0..count {
            self.tick();
        }
    }
}

pub(crate) fn read_block(channel: &mut dyn Channel) -> Option<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    match channel.read(&mut block) {
        Ok(BLOCK) => Some(block),
        Ok(other) => panic!("read {other} octets"),
        Err(Error::WouldBlock) => None,
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn read_frame(channel: &mut dyn Channel) -> Option<Vec<u8>> {
    let mut frame = vec![0; tdm::MAX_FRAME];
    match channel.read(&mut frame) {
        Ok(length) => Some(frame[..length].to_vec()),
        Err(Error::WouldBlock) => None,
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn span_events(span: &mut dyn Span) -> Vec<SpanEvent> {
    std::iter::from_fn(|| span.poll_event()).collect()
}

pub(crate) fn channel_events(channel: &mut dyn Channel) -> Vec<tdm::ChannelEvent> {
    std::iter::from_fn(|| channel.poll_event()).collect()
}

/// Waits on the span's descriptor and serves it until `done`: as a real process does.
pub(crate) fn serve_until<S: Span>(span: &mut S, mut done: impl FnMut(&mut S, u32) -> bool) {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    loop {
        poll(&mut [PollFd::new(span.poll_fd().unwrap(), PollFlags::POLLIN)], PollTimeout::NONE).unwrap();
        let blocks = span.service().unwrap().blocks;
        if done(span, blocks) {
            return;
        }
    }
}

/// A path for a socket that no other test uses; removed with its folder when dropped.
pub(crate) struct SocketPath(std::path::PathBuf);

impl SocketPath {
    pub(crate) fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tdm-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder.join("span"))
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for SocketPath {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}
