//! The listening socket: passed by systemd (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, descriptor 3), or made by `--listen`.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use listenfd::ListenFd;
use nix::sys::socket::{getsockopt, sockopt};
use nix::sys::stat::{Mode, umask};
use nix::unistd::Group;

use crate::options::Options;

/// A socket that listens, non-blocking.
pub(crate) struct Socket {
    pub(crate) listener: UnixListener,
    /// Whether somebody else holds it and starts us again when it is needed.
    pub(crate) activated: bool,
}

/// The socket of this start. Errors say what to do.
pub(crate) fn take(options: &Options) -> Result<Socket, String> {
    let (listener, activated) = match (&options.listen, passed()?) {
        (None, Some(listener)) => (listener, true),
        (Some(path), None) => (bind(path, &options.allow_user)?, false),
        (Some(path), Some(_)) => {
            return Err(format!("systemd passed a socket and --listen {} names another: use one of them", path.display()));
        }
        (None, None) => {
            return Err("no socket: start junctor-spans.socket, which starts this program, or give --listen PATH".to_owned());
        }
    };
    listener.set_nonblocking(true).map_err(|error| format!("cannot make the socket non-blocking: {error}"))?;
    Ok(Socket { listener, activated })
}

/// The socket that systemd passed to this very process, if it did.
fn passed() -> Result<Option<UnixListener>, String> {
    // listenfd also takes descriptors without LISTEN_PID (catflap's way); a root process does not.
    let for_us = std::env::var("LISTEN_PID").is_ok_and(|pid| pid == std::process::id().to_string());
    if !for_us {
        return Ok(None);
    }
    let count = std::env::var("LISTEN_FDS").unwrap_or_default();
    if count != "1" || std::env::var_os("LISTEN_FDS_FIRST_FD").is_some() {
        return Err(format!("LISTEN_FDS is {count:?}, wanted \"1\": junctor-spans.socket must have one ListenStream="));
    }
    let wrong = |what: String| format!("{what}: junctor-spans.socket must have a Unix ListenStream= and Accept=no");
    let listener = ListenFd::from_env()
        .take_unix_listener(0)
        .map_err(|error| wrong(format!("cannot take the socket that systemd passed: {error}")))?
        .ok_or_else(|| wrong("systemd passed no socket".to_owned()))?;
    match getsockopt(&listener, sockopt::AcceptConn) {
        Ok(true) => Ok(Some(listener)),
        Ok(false) => Err(wrong("the socket that systemd passed does not listen".to_owned())),
        Err(error) => Err(wrong(format!("the socket that systemd passed cannot be examined: {error}"))),
    }
}

/// Binds `path`, for root and the group named `group` only. A dead socket there is replaced.
fn bind(path: &Path, group: &str) -> Result<UnixListener, String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot listen on {}: {error}", path.display());
    remove_dead(path)?;
    // Nobody may connect before the group is set.
    let before = umask(Mode::S_IRWXG | Mode::S_IRWXO | Mode::S_IXUSR);
    let bound = UnixListener::bind(path);
    umask(before);
    let listener = bound.map_err(|error| failed(&error))?;
    match Group::from_name(group) {
        Ok(Some(group)) => {
            chown(path, None, Some(group.gid.as_raw())).map_err(|error| failed(&error))?;
            fs::set_permissions(path, fs::Permissions::from_mode(0o660)).map_err(|error| failed(&error))?;
        }
        Ok(None) => tracing::warn!("spans{{listen}}: there is no group {group}: only root can connect to {}", path.display()),
        Err(error) => return Err(format!("cannot look up group {group}: {error}")),
    }
    Ok(listener)
}

/// Removes a socket nobody listens on; anything else at `path` is an error.
fn remove_dead(path: &Path) -> Result<(), String> {
    let Ok(there) = fs::symlink_metadata(path) else { return Ok(()) };
    let shown = path.display();
    if !there.file_type().is_socket() {
        return Err(format!("{shown} is there and is no socket: remove it or choose another path for --listen"));
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(format!("somebody listens on {shown} already: stop that process or choose another path for --listen")),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|error| format!("cannot remove the dead socket {shown}: {error}"))
        }
        Err(error) => Err(format!("cannot tell whether somebody listens on {shown}: {error}")),
    }
}
