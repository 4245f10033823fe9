//! Voice over RTP: G.711 and whole octets of G.722, RTP and RTCP, SRTP, jitter buffer and concealment, quality, tones, telephone events, an echo canceller, SDP offer
//! and answer.
//!
//! Five parts, of which the first two meet only in [`Offer`]:
//!
//! - [`sdp`] turns SDP text into the neutral [`Offer`] and back, and applies the rules of RFC 3264. Only the SIP leg
//!   touches SDP text; a call controller holds `Offer`s.
//! - [`Stream`] is one RTP session of one call leg. The span's 8 kHz clock drives it: one [`Stream::line_to_ip`] and one
//!   [`Stream::ip_to_line`] each 10 ms block. It is pure: bytes and time come in, bytes and events go out.
//! - [`tone`] makes call progress tones and DTMF digits for the line, sample by sample.
//! - [`srtp`] turns RTP and RTCP into SRTP and SRTCP and back, in the buffer that holds the packet.
//! - [`echo`] is the line echo canceller of a channel, between the line and the stream.
//!
//! ```text
//! each 10 ms:   stream.line_to_ip(now, &from_line);  stream.ip_to_line(&mut to_line);
//! each arrival: stream.handle_rtp(now, from, bytes)  or  stream.handle_rtcp(now, from, bytes)
//! each timeout: stream.handle_timeout(now, wall)     (deadline from poll_timeout)
//! after each:   poll_transmit and poll_event until None
//! ```
//!
//! Sample counts are of 8000 Hz everywhere. Left out of this first cut: ICE, SRTP within [`Stream`], rtcp-mux. Octets of codecs other than G.711
//! become samples, and samples octets, in the layer above.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

mod codec;
pub mod comfort_noise;
pub mod concealment;
pub mod echo;
pub mod g711;
pub mod jitter;
mod octets;
mod offer;
pub mod quality;
pub mod reception;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod stream;
pub mod telephone_event;
pub mod tone;

pub use codec::{Codec, Format, Law};
pub use jitter::Mode;
pub use octets::NoRoom;
pub use offer::{Direction, Offer};
pub use quality::Quality;
pub use stream::{Event, Filled, Passing, Stream, StreamConfig, StreamStats, Transmit, TransmitKind};

/// Samples in one block: 10 ms at 8000 Hz.
pub const BLOCK: usize = 80;
