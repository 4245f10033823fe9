//! [`Session`] to SDP text, lines in the order in which they are held, each ended by CRLF.

use core::fmt;

use super::{Connection, Line, Media, Session, SessionOrigin};

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=0\r\n")?;
        self.lines.iter().try_for_each(|line| write!(f, "{line}\r\n"))?;
        self.media.iter().try_for_each(|media| write!(f, "{media}"))
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {}", self.kind, self.port)?;
        if let Some(count) = self.port_count {
            write!(f, "/{count}")?;
        }
        write!(f, " {}", self.protocol)?;
        self.formats.iter().try_for_each(|format| write!(f, " {format}"))?;
        f.write_str("\r\n")?;
        self.lines.iter().try_for_each(|line| write!(f, "{line}\r\n"))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(origin) => write!(f, "o={origin}"),
            Self::Connection(connection) => write!(f, "c={connection}"),
            Self::Attribute { name, value: None } => write!(f, "a={name}"),
            Self::Attribute { name, value: Some(value) } => write!(f, "a={name}:{value}"),
            Self::Other { letter, value } => write!(f, "{letter}={value}"),
        }
    }
}

impl fmt::Display for SessionOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.username, self.id, self.version, self.connection)
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.network, self.address_type, self.address)
    }
}
