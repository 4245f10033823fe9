//! Via (RFC 3261 section 20.42) with `received` and `rport` (RFC 3581).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::Params;
use super::params::is_token;
use super::uri::{host_ip, parse_hostport};

/// One Via value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, ... as it came.
    pub transport: String,
    /// Host of sent-by; IPv6 with brackets.
    pub host: String,
    /// Port of sent-by, if given.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport` and the rest.
    pub params: Params,
}

impl Via {
    /// What branches of RFC 3261 start with (section 8.1.1.7).
    pub const MAGIC_COOKIE: &'static str = "z9hG4bK";

    /// Parses one element of a Via list, white space around `/` and `:` included.
    ///
    /// # Errors
    /// Says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let broken = || format!("'{text}' is no Via");
        let (protocol, rest) = text.split_once('/').ok_or_else(broken)?;
        let (version, rest) = rest.split_once('/').ok_or_else(broken)?;
        if !protocol.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" {
            return Err(format!("Via of protocol '{}/{}'", protocol.trim(), version.trim()));
        }
        let rest = rest.trim_start();
        let at = rest.find(|c: char| c.is_ascii_whitespace()).ok_or_else(broken)?;
        let (transport, rest) = rest.split_at_checked(at).ok_or_else(broken)?;
        if !is_token(transport) {
            return Err(format!("Via of transport '{transport}'"));
        }
        let at = rest.find(';').unwrap_or(rest.len());
        let (sent_by, params) = rest.split_at_checked(at).ok_or_else(broken)?;
        let (host, port) = parse_hostport(sent_by).map_err(|e| format!("Via: {e}"))?;
        Ok(Self { transport: transport.to_owned(), host, port, params: Params::parse(params).map_err(|e| format!("Via: {e}"))? })
    }

    /// The branch, if there is one.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// Whether the branch is one of RFC 3261: the cookie and something after it.
    #[must_use]
    pub fn has_rfc3261_branch(&self) -> bool {
        self.branch().is_some_and(|b| {
            b.len() > Self::MAGIC_COOKIE.len()
                && b.get(..Self::MAGIC_COOKIE.len()).is_some_and(|c| c.eq_ignore_ascii_case(Self::MAGIC_COOKIE))
        })
    }

    /// Notes where the request came from (RFC 3261 section 18.2.1, RFC 3581 section 4).
    pub fn note_source(&mut self, source: SocketAddr) {
        let same = host_ip(&self.host).is_some_and(|ip| ip == source.ip());
        let wants_rport = self.params.contains("rport");
        if !same || wants_rport {
            self.params.set("received", Some(&source.ip().to_string()));
        } else {
            // Only the receiver may say this: a sender could point our answers at somebody else.
            self.params.remove("received");
        }
        if wants_rport {
            self.params.set("rport", Some(&source.port().to_string()));
        }
    }

    /// Where a response to this Via goes over UDP (RFC 3261 section 18.2.2, RFC 3581 section 4), when no lookup is needed.
    #[must_use]
    pub fn response_addr(&self) -> Option<SocketAddr> {
        let received = self.params.get("received").and_then(host_ip);
        let ip: IpAddr = received.or_else(|| host_ip(&self.host))?;
        let rport = self.params.get("rport").and_then(|p| p.parse().ok());
        Some(SocketAddr::new(ip, rport.or(self.port).unwrap_or(5060)))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}
