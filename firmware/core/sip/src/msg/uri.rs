//! URIs (RFC 3261 section 19.1, RFC 3966): `sip:`, `sips:`, `tel:`, and others kept as text.
//!
//! Parts keep their percent escapes, so printing gives back what was parsed. The user part may carry telephone parameters of its own
//! (`sip:5550100;phone-context=redmond@contoso.com`, RFC 3261 section 19.1.6): they are split off and kept apart from URI parameters.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::Params;

/// A URI as it stands in a request line or a name-addr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uri {
    /// `sip:` or `sips:`.
    Sip(SipUri),
    /// `tel:`.
    Tel(TelUri),
    /// Any other scheme, as it came.
    Other(String),
}

/// A `sip:` or `sips:` URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipUri {
    secure: bool,
    userinfo: Option<UserInfo>,
    host: String,
    port: Option<u16>,
    params: Params,
    headers: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct UserInfo {
    raw: String,
    /// The part before the first `;`, escapes resolved, when it had escapes.
    decoded: Option<String>,
    params: Params,
    password: Option<String>,
}

/// A `tel:` URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelUri {
    number: String,
    params: Params,
}

impl Uri {
    /// `sip:user@host:port`. Characters that a user part may not hold are escaped. `host` may be a name, an IPv4 or an IPv6 address,
    /// the latter with or without brackets.
    #[must_use]
    pub fn sip(user: Option<&str>, host: &str, port: Option<u16>) -> Self {
        let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        let userinfo = user.map(|user| UserInfo::new(&escape_user(user), None));
        Self::Sip(SipUri { secure: false, userinfo, host, port, params: Params::default(), headers: None })
    }

    /// `sip:user@ip:port`.
    #[must_use]
    pub fn sip_at(user: Option<&str>, at: SocketAddr) -> Self {
        Self::sip(user, &at.ip().to_string(), Some(at.port()))
    }

    /// `tel:number`.
    #[must_use]
    pub fn tel(number: &str) -> Self {
        let number = number.chars().filter(|c| is_phone_char(*c)).collect();
        Self::Tel(TelUri { number, params: Params::default() })
    }

    /// Parses a URI that fills all of `text`.
    ///
    /// # Errors
    /// Says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(c) = text.chars().find(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"')) {
            return Err(format!("{c:?} in URI '{text}'"));
        }
        let (scheme, rest) = text.split_once(':').ok_or_else(|| format!("URI '{text}' has no scheme"))?;
        let mut letters = scheme.chars();
        let starts_well = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
        if !starts_well || !letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) {
            return Err(format!("'{scheme}' is no URI scheme"));
        }
        match scheme.to_ascii_lowercase().as_str() {
            "sip" => SipUri::parse(false, rest).map(Self::Sip),
            "sips" => SipUri::parse(true, rest).map(Self::Sip),
            "tel" => TelUri::parse(rest).map(Self::Tel),
            _ => Ok(Self::Other(text.to_owned())),
        }
    }

    /// The user of a `sip:` URI without its telephone parameters, or the number of a `tel:` URI; escapes resolved.
    #[must_use]
    pub fn user_number(&self) -> Option<&str> {
        match self {
            Self::Sip(uri) => uri.user(),
            Self::Tel(uri) => Some(&uri.number),
            Self::Other(_) => None,
        }
    }

    /// The value of `;phone-context`, from the user part, the URI parameters or the `tel:` parameters.
    #[must_use]
    pub fn phone_context(&self) -> Option<&str> {
        match self {
            Self::Sip(uri) => uri.user_param("phone-context").or_else(|| uri.param("phone-context")),
            Self::Tel(uri) => uri.param("phone-context"),
            Self::Other(_) => None,
        }
    }

    /// A telephone parameter such as `isub` (RFC 3966), from the user part, the URI parameters or the `tel:` parameters; escapes resolved.
    #[must_use]
    pub fn number_param(&self, name: &str) -> Option<String> {
        match self {
            Self::Sip(uri) => uri.user_param(name).or_else(|| uri.param(name)).map(unescape),
            Self::Tel(uri) => uri.param(name).map(unescape),
            Self::Other(_) => None,
        }
    }

    /// A parameter of the URI itself; escapes as they came.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        match self {
            Self::Sip(uri) => uri.param(name),
            Self::Tel(uri) => uri.param(name),
            Self::Other(_) => None,
        }
    }

    /// What follows `?` in a `sip:` URI, as it came.
    #[must_use]
    pub fn headers(&self) -> Option<&str> {
        match self {
            Self::Sip(uri) => uri.headers(),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }

    /// Host of a `sip:` URI.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Sip(uri) => Some(&uri.host),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }

    /// This URI with parameter `name` set. No effect on other schemes than `sip`, `sips`, `tel`.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: Option<&str>) -> Self {
        match &mut self {
            Self::Sip(uri) => uri.params.set(name, value),
            Self::Tel(uri) => uri.params.set(name, value),
            Self::Other(_) => {}
        }
        self
    }

    /// This URI with a parameter in its user part, such as `phone-context`. Only for `sip` and `sips` with a user.
    #[must_use]
    pub fn with_user_param(mut self, name: &str, value: &str) -> Self {
        if let Self::Sip(SipUri { userinfo: Some(userinfo), .. }) = &mut self {
            userinfo.params.set(name, Some(&escape_user(value)));
        }
        self
    }

    /// Where a request to this URI goes when no lookup is needed: `maddr` is not followed, the default port is 5060 (5061 for `sips`).
    #[must_use]
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Sip(uri) => Some(SocketAddr::new(uri.host_ip()?, uri.port.unwrap_or(if uri.secure { 5061 } else { 5060 }))),
            Self::Tel(_) | Self::Other(_) => None,
        }
    }
}

impl SipUri {
    fn parse(secure: bool, text: &str) -> Result<Self, String> {
        // '@' must be escaped everywhere but here, so the first one ends the user part, which may itself hold ';' and '?'.
        let (userinfo, rest) = match text.split_once('@') {
            Some((userinfo, rest)) => (Some(UserInfo::parse(userinfo)?), rest),
            None => (None, text),
        };
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers.to_owned())),
            None => (rest, None),
        };
        let (hostport, params) = match rest.split_once(';') {
            Some((hostport, params)) => (hostport, Params::parse_uri(params)),
            None => (rest, Params::default()),
        };
        let (host, port) = parse_hostport(hostport)?;
        Ok(Self { secure, userinfo, host, port, params, headers })
    }

    /// Whether the scheme is `sips`.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// User without its parameters, escapes resolved.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.userinfo.as_ref().map(|u| u.decoded.as_deref().unwrap_or(&u.raw))
    }

    /// Parameter within the user part.
    #[must_use]
    pub fn user_param(&self, name: &str) -> Option<&str> {
        self.userinfo.as_ref()?.params.get(name)
    }

    /// Host as it came; IPv6 with brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Host as an address, if it is one.
    #[must_use]
    pub fn host_ip(&self) -> Option<IpAddr> {
        host_ip(&self.host)
    }

    /// Port, if given.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// URI parameter: `Some("")` if it has no value.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }

    /// What follows `?`, as it came.
    #[must_use]
    pub fn headers(&self) -> Option<&str> {
        self.headers.as_deref()
    }
}

impl UserInfo {
    fn new(user: &str, password: Option<&str>) -> Self {
        let (raw, params) = match user.split_once(';') {
            Some((raw, params)) => (raw, Params::parse_uri(params)),
            None => (user, Params::default()),
        };
        let decoded = raw.contains('%').then(|| unescape(raw));
        Self { raw: raw.to_owned(), decoded, params, password: password.map(str::to_owned) }
    }

    fn parse(text: &str) -> Result<Self, String> {
        if !escapes_are_whole(text) {
            return Err(format!("broken % escape in '{text}'"));
        }
        Ok(match text.split_once(':') {
            Some((user, password)) => Self::new(user, Some(password)),
            None => Self::new(text, None),
        })
    }
}

impl TelUri {
    fn parse(text: &str) -> Result<Self, String> {
        let (number, params) = match text.split_once(';') {
            Some((number, params)) => (number, Params::parse_uri(params)),
            None => (text, Params::default()),
        };
        if number.is_empty() || !number.chars().all(is_phone_char) {
            return Err(format!("'{number}' is no telephone number"));
        }
        Ok(Self { number: number.to_owned(), params })
    }

    /// Number as it came, visual separators included.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Parameter such as `phone-context` or `isub`.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => uri.fmt(f),
            Self::Tel(uri) => write!(f, "tel:{}{}", uri.number, uri.params),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.userinfo {
            write!(f, "{}{}", user.raw, user.params)?;
            if let Some(password) = &user.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)?;
        self.headers.as_ref().map_or(Ok(()), |headers| write!(f, "?{headers}"))
    }
}

/// Splits `host[:port]`; white space around the colon is allowed for Via.
pub(crate) fn parse_hostport(text: &str) -> Result<(String, Option<u16>), String> {
    let text = text.trim();
    let (host, after) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']').ok_or_else(|| format!("'[' without ']' in '{text}'"))?;
            address.parse::<Ipv6Addr>().map_err(|_| format!("'{address}' is no IPv6 address"))?;
            (format!("[{address}]"), after.trim())
        }
        None => {
            let at = text.find(':').unwrap_or(text.len());
            let (host, after) = (text.get(..at).unwrap_or("").trim(), text.get(at..).unwrap_or(""));
            if host.is_empty() || !host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')) {
                return Err(format!("'{host}' is no host"));
            }
            (host.to_owned(), after)
        }
    };
    if after.is_empty() {
        return Ok((host, None));
    }
    let digits = after.strip_prefix(':').ok_or_else(|| format!("'{after}' after host '{host}'"))?;
    let port = super::params::number(digits.trim(), u64::from(u16::MAX)).map_err(|e| format!("port: {e}"))?;
    Ok((host, u16::try_from(port).ok()))
}

/// The address that a host is, if it is one.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

const fn is_phone_char(c: char) -> bool {
    // RFC 3966 section 3: digits, visual separators, and for local numbers *, # and hexadecimal digits.
    c.is_ascii_hexdigit() || matches!(c, '+' | '-' | '.' | '(' | ')' | '*' | '#')
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match (byte, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Escapes what the user part may not hold (RFC 3261 section 25.1, `user`); `;` too, because we read it as the start of parameters.
fn escape_user(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,?/".contains(c) {
            escaped.push(c);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
