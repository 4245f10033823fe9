//! SDP text to [`Session`] (RFC 8866 section 9), lenient where peers are sloppy.
//!
//! Taken: LF or CRLF, empty lines, a missing `s=` or `t=`, spaces in a row, an unknown letter. Errors name the line and
//! its letter, never its text, which may hold a key.

use super::{Connection, Error, Line, Media, Session, SessionOrigin};

/// Longest text taken, in octets.
const LONGEST: usize = 65_536;
/// Most lines taken.
const MOST_LINES: usize = 2_000;
/// Most media sections taken.
const MOST_MEDIA: usize = 64;

/// Why text is no SDP. Line numbers count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    /// No `v=0` first.
    #[error("sdp does not begin with v=0")]
    Version,
    /// No `o=`.
    #[error("sdp has no o= line")]
    NoOrigin,
    /// A line is not `letter=value`.
    #[error("sdp line {0} is not letter=value")]
    Shape(usize),
    /// A line lacks a field or has a wrong number.
    #[error("sdp line {line} ({letter}=): {what}")]
    Field {
        /// Line number.
        line: usize,
        /// The letter before `=`.
        letter: char,
        /// The field.
        what: &'static str,
    },
    /// More than is ever meant.
    #[error("sdp is too large: more than {0}")]
    TooLarge(&'static str),
}

pub(super) fn parse(text: &str) -> Result<Session, Malformed> {
    if text.len() > LONGEST {
        return Err(Malformed::TooLarge("65536 octets"));
    }
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.is_empty());
    if lines.next().is_none_or(|(_, line)| line.trim_end() != "v=0") {
        return Err(Malformed::Version);
    }
    let mut session = Session { lines: Vec::new(), media: Vec::new() };
    for (taken, (number, line)) in lines.enumerate() {
        if taken >= MOST_LINES {
            return Err(Malformed::TooLarge("2000 lines"));
        }
        parse_line(&mut session, number, line)?;
    }
    if session.origin().is_none() {
        return Err(Malformed::NoOrigin);
    }
    Ok(session)
}

fn parse_line(session: &mut Session, number: usize, line: &str) -> Result<(), Malformed> {
    let (letter, value) = line.split_once('=').ok_or(Malformed::Shape(number))?;
    let mut letters = letter.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return Err(Malformed::Shape(number)) };
    if !letter.is_ascii_alphabetic() {
        return Err(Malformed::Shape(number));
    }
    let field = |what| Malformed::Field { line: number, letter, what };
    let parsed = match letter {
        'm' => {
            if session.media.len() >= MOST_MEDIA {
                return Err(Malformed::TooLarge("64 media sections"));
            }
            session.media.push(parse_media(value).map_err(field)?);
            return Ok(());
        }
        'o' => Line::Origin(parse_origin(value).map_err(field)?),
        'c' => Line::Connection(parse_connection(&mut value.split_ascii_whitespace()).map_err(field)?),
        'a' => parse_attribute(value),
        _ => Line::Other { letter, value: value.to_owned() },
    };
    match session.media.last_mut() {
        Some(media) => media.lines.push(parsed),
        None => session.lines.push(parsed),
    }
    Ok(())
}

fn parse_attribute(value: &str) -> Line {
    match value.split_once(':') {
        Some((name, value)) => Line::Attribute { name: name.to_owned(), value: Some(value.to_owned()) },
        None => Line::Attribute { name: value.to_owned(), value: None },
    }
}

fn parse_origin(value: &str) -> Result<SessionOrigin, &'static str> {
    let mut fields = value.split_ascii_whitespace();
    Ok(SessionOrigin {
        username: fields.next().ok_or("no username")?.to_owned(),
        id: fields.next().ok_or("no session id")?.to_owned(),
        version: fields.next().ok_or("no version")?.to_owned(),
        connection: parse_connection(&mut fields)?,
    })
}

fn parse_connection<'a>(fields: &mut impl Iterator<Item = &'a str>) -> Result<Connection, &'static str> {
    Ok(Connection {
        network: fields.next().ok_or("no network type")?.to_owned(),
        address_type: fields.next().ok_or("no address type")?.to_owned(),
        address: fields.next().ok_or("no address")?.to_owned(),
    })
}

fn parse_media(value: &str) -> Result<Media, &'static str> {
    let mut fields = value.split_ascii_whitespace();
    let kind = fields.next().ok_or("no media type")?.to_owned();
    let (port, port_count) = parse_port(fields.next().ok_or("no port")?)?;
    let protocol = fields.next().ok_or("no protocol")?.to_owned();
    let formats: Vec<String> = fields.map(str::to_owned).collect();
    if formats.is_empty() {
        return Err("no format");
    }
    Ok(Media { kind, port, port_count, protocol, formats, lines: Vec::new() })
}

fn parse_port(text: &str) -> Result<(u16, Option<u16>), &'static str> {
    let wrong = |_| "port is no number up to 65535";
    match text.split_once('/') {
        None => Ok((text.parse().map_err(wrong)?, None)),
        Some((port, count)) => Ok((port.parse().map_err(wrong)?, Some(count.parse().map_err(wrong)?))),
    }
}
