//! The socket between the two ends: SOCK_SEQPACKET, never blocking, one message a tick.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, Backlog, MsgFlags, SockFlag, SockType, UnixAddr, bind, connect, listen, recv, send, socket, socketpair,
};

use super::os_error;
use super::wire::MAX_MESSAGE;
use crate::span::Error;

const FLAGS: SockFlag = SockFlag::SOCK_NONBLOCK.union(SockFlag::SOCK_CLOEXEC);

/// What came from the far end.
pub(super) enum Received<'a> {
    /// One message, not longer than the buffer.
    Message(&'a [u8]),
    /// A message longer than any end sends.
    TooLong(usize),
    /// Nothing now.
    Nothing,
    /// It closed, or the socket broke.
    Gone,
}

/// What became of a message.
#[derive(PartialEq, Eq)]
pub(super) enum Sent {
    /// It is on its way.
    Yes,
    /// The far end does not keep up; the message is lost.
    Full,
    /// The far end closed.
    Gone,
}

/// A connection to the far end.
pub(super) struct Link {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

impl Link {
    const fn new(socket: OwnedFd, buffer: Vec<u8>) -> Self {
        Self { socket, buffer }
    }

    fn of(socket: OwnedFd) -> Self {
        Self::new(socket, vec![0; MAX_MESSAGE])
    }

    /// Two ends joined to one another.
    pub(super) fn pair() -> Result<(Self, Self), Error> {
        let (left, right) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, FLAGS)
            .map_err(|errno| os_error("make a socket pair", errno))?;
        Ok((Self::of(left), Self::of(right)))
    }

    /// Connects to a listening network end; `None` when nobody listens now.
    pub(super) fn connect(path: &Path) -> Result<Option<Self>, Error> {
        let socket = new_socket()?;
        let address = address(path)?;
        match connect(socket.as_raw_fd(), &address) {
            Ok(()) => Ok(Some(Self::of(socket))),
            Err(Errno::ENOENT | Errno::ECONNREFUSED | Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(errno) => Err(os_error(&format!("connect to {}", path.display()), errno)),
        }
    }

    pub(super) fn receive(&mut self) -> Received<'_> {
        match recv(self.socket.as_raw_fd(), &mut self.buffer, MsgFlags::MSG_TRUNC | MsgFlags::MSG_DONTWAIT) {
            // No end sends an empty message, so this is the end of the connection.
            Ok(0) => Received::Gone,
            Ok(length) => self.buffer.get(..length).map_or(Received::TooLong(length), Received::Message),
            Err(Errno::EAGAIN | Errno::EINTR) => Received::Nothing,
            Err(_) => Received::Gone,
        }
    }

    pub(super) fn send(&self, message: &[u8]) -> Sent {
        match send(self.socket.as_raw_fd(), message, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL) {
            Ok(_) => Sent::Yes,
            Err(Errno::EAGAIN | Errno::EINTR | Errno::ENOBUFS | Errno::EMSGSIZE) => Sent::Full,
            Err(_) => Sent::Gone,
        }
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The place where a network end waits for user ends.
pub(super) struct Listener {
    // A std listener accepts on any Unix socket; only its stream type assumes SOCK_STREAM, and that is taken off at once.
    socket: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Listens at `path`. A socket file that nobody listens on any more is replaced; a live one is an error.
    pub(super) fn bind(path: &Path) -> Result<Self, Error> {
        let socket = new_socket()?;
        let address = address(path)?;
        let doing = format!("listen at {}", path.display());
        let mut bound = bind(socket.as_raw_fd(), &address);
        if bound == Err(Errno::EADDRINUSE) && is_stale(path, &address)? {
            std::fs::remove_file(path).map_err(|source| Error::Os { doing: doing.clone(), source })?;
            bound = bind(socket.as_raw_fd(), &address);
        }
        bound.map_err(|errno| os_error(&doing, errno))?;
        let backlog = Backlog::new(4).map_err(|errno| os_error(&doing, errno))?;
        listen(&socket, backlog).map_err(|errno| os_error(&doing, errno))?;
        Ok(Self { socket: UnixListener::from(socket), path: path.to_owned() })
    }

    /// The next far end that wants in.
    pub(super) fn accept(&self) -> Option<Link> {
        let (stream, _) = self.socket.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some(Link::of(OwnedFd::from(stream)))
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Best effort: a file that stays is replaced by the next network end.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether the socket file has no listener. Only a socket is ever called stale: nothing else is removed.
fn is_stale(path: &Path, address: &UnixAddr) -> Result<bool, Error> {
    use std::os::unix::fs::FileTypeExt as _;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    Ok(is_socket && connect(new_socket()?.as_raw_fd(), address) == Err(Errno::ECONNREFUSED))
}

fn new_socket() -> Result<OwnedFd, Error> {
    socket(AddressFamily::Unix, SockType::SeqPacket, FLAGS, None).map_err(|errno| os_error("make a socket", errno))
}

fn address(path: &Path) -> Result<UnixAddr, Error> {
    UnixAddr::new(path).map_err(|errno| os_error(&format!("use {} as a socket address", path.display()), errno))
}
