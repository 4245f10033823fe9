//! Who is at the other end (SO_PEERCRED, unix(7)), and whether that user may ask.

use std::ffi::CString;
use std::os::unix::net::UnixStream;

use nix::sys::socket::{getsockopt, sockopt};
use nix::unistd::{Gid, Group, Uid, User, getgrouplist};

/// The process that connected, as the kernel vouches for it at that moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    uid: Uid,
    gid: Gid,
    pid: i32,
}

impl Peer {
    /// The peer of a connection. The error is the kernel's.
    pub(crate) fn of(stream: &UnixStream) -> nix::Result<Self> {
        let credentials = getsockopt(stream, sockopt::PeerCredentials)?;
        Ok(Self { uid: Uid::from_raw(credentials.uid()), gid: Gid::from_raw(credentials.gid()), pid: credentials.pid() })
    }

    /// True for root, for the user `name` and for members of the group `name`. What cannot be looked up may not ask.
    pub(crate) fn may_ask(&self, name: &str) -> bool {
        if self.uid.is_root() {
            return true;
        }
        let Ok(Some(user)) = User::from_uid(self.uid) else { return false };
        user.name == name || self.in_group(&user, name)
    }

    fn in_group(&self, user: &User, name: &str) -> bool {
        let Ok(Some(group)) = Group::from_name(name) else { return false };
        let Ok(login) = CString::new(user.name.as_str()) else { return false };
        self.gid == group.gid || getgrouplist(&login, self.gid).is_ok_and(|groups| groups.contains(&group.gid))
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "uid {} pid {}", self.uid, self.pid)
    }
}
