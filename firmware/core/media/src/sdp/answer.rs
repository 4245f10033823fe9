//! Our answer to an offer, and the peer's answer to ours (RFC 3264 sections 6 and 7).

use super::offer::{audio_section, choose_audio, read_audio, session_lines};
use super::{Line, Media, Origin, Reason, Session, Unacceptable};
use crate::{Format, Offer};

impl Offer {
    /// Agrees to the peer's offer with what we offer: one codec, the first of ours that the peer has too.
    ///
    /// The result is our view, to be sent: our address, the peer's payload types, our direction within what the
    /// peer allows. The stream then takes `theirs.address` as remote, and from the result the codec, the events, the packet
    /// time and the direction.
    ///
    /// # Errors
    /// [`Unacceptable`] when there is no codec in common.
    pub fn answer(&self, theirs: &Self) -> Result<Self, Unacceptable> {
        let format = self.format_in_common(theirs).ok_or_else(|| no_codec(&theirs.formats))?;
        Ok(Self {
            address: self.address,
            formats: vec![format],
            telephone_event: self.telephone_event.and(theirs.telephone_event),
            comfort_noise: self.comfort_noise && theirs.comfort_noise && goes_with_noise(format),
            ptime_ms: theirs.ptime_ms,
            direction: self.direction.and(theirs.direction.reversed()),
        })
    }
}

/// Whether comfort noise of 8000 Hz (payload type 13) belongs to this codec: to G.711, of what is offered here (RFC 3389 section 4).
const fn goes_with_noise(format: Format) -> bool {
    format.codec.law().is_some()
}

fn no_codec(formats: &[Format]) -> Unacceptable {
    let names: Vec<&str> = formats.iter().map(|format| format.codec.name()).collect();
    Reason::NoCodec(names.join(" ")).into()
}

/// SDP text that answers the offer `theirs_text` with `answer`: as many media sections as the offer, in its order, the
/// chosen audio section answered and all others refused by port 0 (section 6), the time line copied.
///
/// # Errors
/// [`Unacceptable`] when the offer has no audio that can be agreed to.
pub fn answer_to_sdp(theirs_text: &str, answer: &Offer, origin: Origin) -> Result<String, Unacceptable> {
    let theirs = Session::parse(theirs_text)?;
    let (chosen, _) = choose_audio(&theirs)?;
    let media = theirs
        .media
        .iter()
        .enumerate()
        .map(|(index, section)| if index == chosen { audio_section(answer) } else { refused(section) })
        .collect();
    Ok(Session { lines: session_lines(answer, origin, time_of(&theirs)), media }.to_string())
}

/// A section with port 0; a format must remain, so all do (section 6).
fn refused(section: &Media) -> Media {
    Media { port: 0, port_count: None, lines: Vec::new(), ..section.clone() }
}

/// The `t=` value, which must be equal in the answer (section 6).
fn time_of(session: &Session) -> &str {
    session
        .lines
        .iter()
        .find_map(|line| match line {
            Line::Other { letter: 't', value } => Some(value.as_str()),
            Line::Origin(_) | Line::Connection(_) | Line::Attribute { .. } | Line::Other { .. } => None,
        })
        .unwrap_or("0 0")
}

/// Reads the peer's answer to `ours`, an offer with one audio section.
///
/// The result is what the stream needs: the **peer's** address, the one codec to send, the peer's payload type for events
/// and its packet time, and **our** direction within what the peer allows.
///
/// # Errors
/// [`Unacceptable`] when the peer refused the audio, or answered with something that was not offered.
pub fn read_answer(ours: &Offer, text: &str) -> Result<Offer, Unacceptable> {
    let session = Session::parse(text)?;
    // The offer had one section: the first of the answer belongs to it, whatever else a sloppy peer appended.
    let media = session.media.first().ok_or(Reason::NoAudio)?;
    if !media.kind.eq_ignore_ascii_case("audio") {
        return Err(Reason::NoAudio.into());
    }
    if media.port == 0 {
        return Err(Reason::Refused.into());
    }
    let theirs = read_audio(&session, media)?;
    let offered = |format: &&Format| ours.formats.iter().any(|of_ours| of_ours.codec == format.codec);
    let format = theirs.formats.iter().find(offered).ok_or_else(|| no_codec(&theirs.formats))?;
    Ok(Offer {
        address: theirs.address,
        formats: vec![*format],
        telephone_event: ours.telephone_event.and(theirs.telephone_event),
        comfort_noise: ours.comfort_noise && theirs.comfort_noise && goes_with_noise(*format),
        ptime_ms: theirs.ptime_ms,
        direction: ours.direction.and(theirs.direction.reversed()),
    })
}
