//! Calls, their ladders and records as the control API shows them.

use serde::{Deserialize, Serialize};

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallState {
    /// A way for it is being found or the far side has not reacted yet.
    Setup,
    /// The called side is being alerted, or sends early audio.
    Ringing,
    /// Answered.
    Answered,
    /// One side has cleared; channels and dialogs are being released.
    Clearing,
}

/// A call that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Number of the call, unique on this box across restarts.
    pub id: u64,
    /// Where it stands.
    pub state: CallState,
    /// The calling number, empty when unknown or withheld.
    pub calling: String,
    /// The called number as it came in.
    pub called: String,
    /// The incoming leg.
    pub from: LegStatus,
    /// The outgoing leg, once routed.
    pub to: Option<LegStatus>,
    /// When it came in.
    pub started_at: i64,
    /// When it was answered.
    pub answered_at: Option<i64>,
}

/// One leg of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegStatus {
    /// The span or peer; of a group of spans the one that has the timeslot.
    pub trunk: String,
    /// Its B-channel's timeslot, if it is a span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeslot: Option<u8>,
    /// Its far side holds the call. A held span leg has left its timeslot to other calls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds: bool,
}

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The calling side.
    Caller,
    /// The called side.
    Called,
    /// This box: no route, a timer, a failure on it, or its administrator.
    Box,
}

/// One line of a call's merged ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LadderLine {
    /// Milliseconds since the call came in.
    pub at_ms: u64,
    /// `q931`, `sip`, `rtp` or `box`.
    pub protocol: String,
    /// Who sent it: a trunk's name, or `box`.
    pub from: String,
    /// Who got it: a trunk's name, or `box`.
    pub to: String,
    /// What it was, such as `SETUP cr=1 called=100 channel=1` or `180 Ringing`.
    pub text: String,
}

impl std::fmt::Display for LadderLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, millis) = (self.at_ms / 1000, self.at_ms % 1000);
        write!(f, "{seconds:>3}.{millis:03} {:<4} {:>8} > {:<8} {}", self.protocol, self.from, self.to, self.text)
    }
}

/// Media figures of one IP leg, and of the timeslots of its call.
///
/// A block is 10 ms. What the box put into the audio or left out of it is counted here, so that two recordings of a call can
/// be laid side by side: with all counts of blocks 0 nothing is between them but one delay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP packets received.
    pub packets_received: u64,
    /// RTP packets that never came.
    pub lost: u64,
    /// RTP packets that came too late to be played.
    pub late: u64,
    /// Blocks for the line that were due while the jitter buffer was empty.
    pub underruns: u64,
    /// Blocks for the line with holes, because a packet was lost.
    pub concealed: u64,
    /// Blocks inserted for a peer whose clock is slow, or whose packet was late.
    pub slips_inserted: u64,
    /// Blocks dropped for a peer whose clock is fast.
    pub slips_dropped: u64,
    /// Times that the oldest audio was dropped because a burst arrived.
    pub overflows: u64,
    /// Blocks that the call's timeslots missed or refused, because the box was late for its line.
    pub line_missed: u64,
    /// Blocks that these dropped.
    pub overflow_blocks: u64,
    /// Times that the line slipped under the box's own echo canceller.
    pub line_slips: u64,
    /// Interarrival jitter (RFC 3550 6.4.1) at the end, in milliseconds.
    pub jitter_ms: f64,
    /// Round trip from RTCP, in milliseconds, if the peer sends reports.
    pub round_trip_ms: Option<f64>,
    /// Rating R of what the line heard over the call (G.107), 0 to 100; none when nothing was received.
    pub r: Option<f64>,
    /// MOS-CQE of the same (G.107 annex B), 1 to 4.5.
    pub mos: Option<f64>,
    /// Echo return loss of the line in dB, as the box's own canceller estimated it at the end.
    pub echo_return_loss_db: Option<f32>,
    /// By how many dB its linear filter made the echo weaker of late; bounded by the noise of the line.
    pub echo_enhancement_db: Option<f32>,
}

/// Which leg of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallLeg {
    /// The incoming one.
    From,
    /// The outgoing one.
    To,
}

/// How a second of what came by an IP leg sounded. Kept for 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QualitySecond {
    /// The IP leg.
    pub leg: CallLeg,
    /// Which second of its media, from 0; a call that was held or moved may begin again.
    pub second: u32,
    /// Mean level in dBm0; -90 is silence. Unknown where octets of G.722 pass from one SIP peer to another, since nobody decodes them.
    pub level_dbm0: Option<f32>,
    /// Share of packets that were not there when due, in per cent.
    pub loss_percent: f32,
    /// Interarrival jitter in milliseconds.
    pub jitter_ms: f32,
    /// What a packet of mean delay waits in the jitter buffer, in milliseconds.
    pub buffer_ms: u16,
    /// Delay from mouth to ear as far as it is known, in milliseconds.
    pub delay_ms: u16,
    /// Rating R (G.107).
    pub r: f32,
    /// MOS-CQE (G.107 annex B).
    pub mos: f32,
    /// Echo return loss of the other end's line in dB, if the box's own canceller works on it and has an estimate.
    pub echo_return_loss_db: Option<f32>,
    /// By how many dB its linear filter makes the echo weaker.
    pub echo_enhancement_db: Option<f32>,
}

/// The record of a call that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Number of the call.
    pub id: u64,
    /// The calling number, empty when unknown or withheld.
    pub calling: String,
    /// The called number as it came in.
    pub called: String,
    /// The incoming trunk.
    pub from: LegStatus,
    /// The outgoing leg, if the call was routed.
    pub to: Option<LegStatus>,
    /// When it came in.
    pub started_at: i64,
    /// When it was answered.
    pub answered_at: Option<i64>,
    /// When the last leg was released.
    pub ended_at: i64,
    /// From the call's arrival to the first sign of the called side (alerting, early audio or answer).
    pub post_dial_delay_ms: Option<u64>,
    /// Q.850 cause.
    pub cause: u8,
    /// The cause in words.
    pub cause_text: String,
    /// SIP status, if SIP ended the call with one.
    pub sip_status: Option<u16>,
    /// Who ended it.
    pub ended_by: Party,
    /// Why, in one sentence.
    pub reason: String,
    /// Media figures of the IP leg, if audio flowed.
    pub quality: Option<Quality>,
}

/// `GET` of one call: what is known of it, over or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallDetail {
    /// The call, while it is not over.
    pub call: Option<Call>,
    /// Its record, once it is.
    pub record: Option<CallRecord>,
    /// What crossed the box's edge, oldest first. Kept for the last 250 calls.
    pub ladder: Vec<LadderLine>,
}
