//! Our offer as SDP text, and the peer's SDP text as an [`Offer`] (RFC 3264 sections 5 and 6).

use core::net::SocketAddr;

use thiserror::Error;

use super::{Connection, Line, Malformed, Media, Origin, Session, SessionOrigin};
use crate::offer::nearest_ptime;
use crate::{Codec, Direction, Format, Offer};

/// Packet time when none is said (RFC 3551 section 4.2).
const DEFAULT_PTIME_MS: u32 = 20;
/// Comfort noise (RFC 3389).
const COMFORT_NOISE: &str = "13";
/// The only transport of this first cut.
const PLAIN_RTP: &str = "RTP/AVP";

/// Why an SDP cannot be agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Reason {
    /// Not SDP.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// No audio section that is not refused.
    #[error("no audio offered")]
    NoAudio,
    /// Audio only over a transport that is not supported.
    #[error("transport {0} is not supported")]
    Transport(String),
    /// No codec in common.
    #[error("no codec in common, formats are {0}")]
    NoCodec(String),
    /// No `c=` line for the audio.
    #[error("no connection address")]
    NoConnection,
    /// The address is a name or a multicast group.
    #[error("address {0} is no unicast literal")]
    Address(String),
    /// The peer answered with audio refused.
    #[error("audio was refused")]
    Refused,
}

/// An SDP that cannot be agreed to, and the SIP status that says so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct Unacceptable {
    /// Why.
    pub reason: Reason,
    /// 400 for what is no SDP, 488 for what is not supported (RFC 3261 section 21.4.26).
    pub status: u16,
}

impl From<Reason> for Unacceptable {
    fn from(reason: Reason) -> Self {
        let status = match reason {
            Reason::Malformed(_) | Reason::NoConnection => 400,
            Reason::NoAudio | Reason::Transport(_) | Reason::NoCodec(_) | Reason::Address(_) | Reason::Refused => 488,
        };
        Self { reason, status }
    }
}

impl From<Malformed> for Unacceptable {
    fn from(malformed: Malformed) -> Self {
        Reason::Malformed(malformed).into()
    }
}

/// SDP text that offers `offer`.
#[must_use]
pub fn offer_to_sdp(offer: &Offer, origin: Origin) -> String {
    let media = vec![audio_section(offer)];
    Session { lines: session_lines(offer, origin, "0 0"), media }.to_string()
}

/// `o= s= c= t=` of an SDP of ours.
pub(super) fn session_lines(offer: &Offer, origin: Origin, time: &str) -> Vec<Line> {
    let connection = Connection::of(offer.address.ip());
    vec![
        Line::Origin(SessionOrigin {
            username: "-".into(),
            id: origin.id.to_string(),
            version: origin.version.to_string(),
            connection: connection.clone(),
        }),
        Line::Other { letter: 's', value: "-".into() },
        Line::Connection(connection),
        Line::Other { letter: 't', value: time.into() },
    ]
}

/// `m=audio` with its attributes.
pub(super) fn audio_section(offer: &Offer) -> Media {
    let mut formats = Vec::new();
    let mut lines = Vec::new();
    let mut attribute = |name: &str, value: Option<String>| lines.push(Line::Attribute { name: name.into(), value });
    for format in &offer.formats {
        formats.push(format.payload_type.to_string());
        attribute("rtpmap", Some(format!("{} {}/8000", format.payload_type, format.codec.name())));
    }
    if offer.comfort_noise {
        formats.push(COMFORT_NOISE.into());
        attribute("rtpmap", Some(format!("{COMFORT_NOISE} CN/8000")));
    }
    if let Some(payload_type) = offer.telephone_event {
        formats.push(payload_type.to_string());
        attribute("rtpmap", Some(format!("{payload_type} telephone-event/8000")));
        attribute("fmtp", Some(format!("{payload_type} 0-16")));
    }
    attribute("ptime", Some(offer.ptime_ms.to_string()));
    attribute(offer.direction.name(), None);
    Media { kind: "audio".into(), port: offer.address.port(), port_count: None, protocol: PLAIN_RTP.into(), formats, lines }
}

/// Reads the peer's offer. Of several audio sections the first that can be agreed to counts.
///
/// The result is the peer's view: its address, its direction. `c=0.0.0.0` (RFC 3264 section 8.4) gives an unspecified
/// address and takes receiving out of the direction.
///
/// # Errors
/// [`Unacceptable`] with the SIP status to answer.
pub fn read_offer(text: &str) -> Result<Offer, Unacceptable> {
    let session = Session::parse(text)?;
    let (_, offer) = choose_audio(&session)?;
    Ok(offer)
}

/// The first audio section that can be agreed to, and its index; else why the first one cannot.
pub(super) fn choose_audio(session: &Session) -> Result<(usize, Offer), Unacceptable> {
    let mut first_reason = None;
    for (index, media) in session.media.iter().enumerate() {
        if !media.kind.eq_ignore_ascii_case("audio") || media.port == 0 {
            continue;
        }
        match read_audio(session, media) {
            Ok(offer) => return Ok((index, offer)),
            Err(reason) => {
                first_reason.get_or_insert(reason);
            }
        }
    }
    Err(first_reason.unwrap_or(Reason::NoAudio).into())
}

/// One audio section as an offer.
pub(super) fn read_audio(session: &Session, media: &Media) -> Result<Offer, Reason> {
    if !media.protocol.eq_ignore_ascii_case(PLAIN_RTP) {
        return Err(Reason::Transport(media.protocol.clone()));
    }
    let formats = read_formats(media);
    if formats.is_empty() {
        return Err(Reason::NoCodec(media.formats.join(" ")));
    }
    let connection = session.connection_of(media).ok_or(Reason::NoConnection)?;
    let ip = connection.literal().ok_or_else(|| Reason::Address(connection.address.clone()))?;
    let stated = session.direction_of(media);
    let direction = if ip.is_unspecified() { stated.and(Direction::SendOnly) } else { stated };
    Ok(Offer {
        address: SocketAddr::new(ip, media.port),
        formats,
        telephone_event: media.payload_type_of("telephone-event/8000"),
        comfort_noise: media.formats.iter().any(|format| format == COMFORT_NOISE),
        ptime_ms: read_ptime(media),
        direction,
    })
}

/// Known codecs in the order of the formats, each once: by `a=rtpmap`, or by a number that has its own meaning.
fn read_formats(media: &Media) -> Vec<Format> {
    let mut formats: Vec<Format> = Vec::new();
    for payload_type in media.formats.iter().filter_map(|format| format.parse::<u8>().ok()) {
        let mapped = media.encoding_of(payload_type).and_then(codec_of).map(|codec| Format { codec, payload_type });
        let known = mapped.or_else(|| Format::of_payload_type(payload_type)).filter(|_| payload_type < 128);
        formats.extend(known.filter(|known| formats.iter().all(|format| format.codec != known.codec)));
    }
    formats
}

/// The codec of `name/clock` or `name/clock/channels`, one channel at 8000 Hz.
fn codec_of(encoding: &str) -> Option<Codec> {
    let mut parts = encoding.trim().split('/');
    let codec = Codec::of_name(parts.next()?)?;
    let fits = parts.next()? == "8000" && parts.next().is_none_or(|channels| channels == "1");
    fits.then_some(codec)
}

/// The wanted packet time, not above `maxptime`, brought to what a stream can keep.
fn read_ptime(media: &Media) -> u8 {
    // `20.000` occurs; the fraction means nothing here.
    let number = |name| media.attribute(name).and_then(|value| value.trim().split('.').next()?.parse::<u32>().ok());
    let wanted = number("ptime").filter(|ptime| *ptime > 0).unwrap_or(DEFAULT_PTIME_MS);
    let most = number("maxptime").filter(|most| *most > 0).unwrap_or(wanted);
    nearest_ptime(wanted.min(most))
}
