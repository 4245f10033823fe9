//! Who is at the other end of the control socket (SO_PEERCRED), and what that caller may do.

use axum::extract::connect_info::Connected;
use axum::http::HeaderMap;
use axum::serve::IncomingStream;
use nix::unistd::{Gid, Group, Uid, User, getgrouplist};
use tokio::net::UnixListener;

/// The process at the other end, as the kernel vouches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    identity: Identity,
    user: Option<Uid>,
}

/// Kinds of callers (DESIGN 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// root, group junctor-admin, or junctord's own user, which could replace junctord anyway.
    Administrator,
    /// User junctor-web, which must state for whom it asks.
    Web,
    /// User junctor-updater: the update routes only, which come with a later issue.
    Updater,
    /// Anyone else may look.
    Other,
}

/// What a request may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Look.
    Viewer,
    /// Look and end calls.
    Operator,
    /// Everything.
    Administrator,
}

impl Connected<IncomingStream<'_, UnixListener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        match stream.io().peer_cred() {
            Ok(credentials) => {
                let user = Uid::from_raw(credentials.uid());
                Self { identity: identify(user, Gid::from_raw(credentials.gid())), user: Some(user) }
            }
            Err(error) => {
                tracing::warn!("control{{accepting}}: the kernel does not say who calls: {error}; treated as a viewer");
                Self { identity: Identity::Other, user: None }
            }
        }
    }
}

fn identify(uid: Uid, gid: Gid) -> Identity {
    if uid.is_root() || uid == Uid::effective() {
        return Identity::Administrator;
    }
    let Ok(Some(user)) = User::from_uid(uid) else { return Identity::Other };
    match user.name.as_str() {
        "junctor-web" => return Identity::Web,
        "junctor-updater" => return Identity::Updater,
        _ => {}
    }
    if in_group(&user, gid, "junctor-admin") { Identity::Administrator } else { Identity::Other }
}

fn in_group(user: &User, gid: Gid, name: &str) -> bool {
    let Ok(Some(group)) = Group::from_name(name) else { return false };
    let Ok(login) = std::ffi::CString::new(user.name.as_str()) else { return false };
    gid == group.gid || getgrouplist(&login, gid).is_ok_and(|groups| groups.contains(&group.gid))
}

impl Caller {
    /// The role of a request; `Err` says what is missing. The web process states user and role in headers.
    pub(super) fn role(self, headers: &HeaderMap) -> Result<Role, &'static str> {
        match self.identity {
            Identity::Administrator => Ok(Role::Administrator),
            Identity::Other | Identity::Updater => Ok(Role::Viewer),
            Identity::Web => stated(headers)
                .ok_or("junctor-web must state x-junctor-user and x-junctor-role (viewer, operator or administrator)"),
        }
    }

    /// Who asks, for the log.
    pub(super) fn who(self, headers: &HeaderMap) -> String {
        let stated = headers.get("x-junctor-user").and_then(|user| user.to_str().ok());
        match (self.identity, stated, self.user) {
            (Identity::Web, Some(user), _) => format!("user {user:?} of junctor-web"),
            (Identity::Web | Identity::Administrator | Identity::Updater | Identity::Other, _, Some(user)) => {
                format!("the user with uid {user}")
            }
            (Identity::Web | Identity::Administrator | Identity::Updater | Identity::Other, _, None) => "nobody known".to_owned(),
        }
    }
}

fn stated(headers: &HeaderMap) -> Option<Role> {
    let user = headers.get("x-junctor-user")?.to_str().ok()?;
    let role = headers.get("x-junctor-role")?.to_str().ok()?;
    match (user.is_empty(), role) {
        (false, "viewer") => Some(Role::Viewer),
        (false, "operator") => Some(Role::Operator),
        (false, "administrator") => Some(Role::Administrator),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(user: &str, role: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-junctor-user", user.parse().unwrap());
        headers.insert("x-junctor-role", role.parse().unwrap());
        headers
    }

    #[test]
    fn web_without_a_stated_role_is_refused_and_with_one_gets_it() {
        let web = Caller { identity: Identity::Web, user: Some(Uid::from_raw(998)) };
        assert!(web.role(&HeaderMap::new()).is_err());
        assert!(web.role(&headers("", "operator")).is_err());
        assert!(web.role(&headers("ada", "root")).is_err());
        assert_eq!(web.role(&headers("ada", "operator")), Ok(Role::Operator));
        assert_eq!(web.who(&headers("ada", "operator")), "user \"ada\" of junctor-web");
    }

    #[test]
    fn stranger_that_states_a_role_stays_a_viewer() {
        let other = Caller { identity: Identity::Other, user: Some(Uid::from_raw(65534)) };
        assert_eq!(other.role(&headers("ada", "administrator")), Ok(Role::Viewer));
        assert_eq!(other.who(&headers("ada", "administrator")), "the user with uid 65534");
    }

    #[test]
    fn root_is_an_administrator_and_nobody_is_not() {
        assert_eq!(identify(Uid::from_raw(0), Gid::from_raw(0)), Identity::Administrator);
        assert_eq!(identify(Uid::from_raw(65534), Gid::from_raw(65534)), Identity::Other);
    }
}
