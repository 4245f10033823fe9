//! What a stream counted: one plain struct, compared whole by tests and shown by the UI.

use core::time::Duration;

/// Counts and measurements of one [`crate::Stream`] since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamStats {
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP payload octets sent.
    pub bytes_sent: u64,
    /// RTP packets dropped because the caller did not drain `poll_transmit`.
    pub send_overflows: u64,
    /// Descriptions of silence sent, counted as packets too.
    pub comfort_noise_sent: u64,
    /// RTP packets not sent because they were silence.
    pub suppressed: u64,
    /// RTP packets taken, each once.
    pub packets_received: u64,
    /// RTP payload octets of these.
    pub bytes_received: u64,
    /// Packets that never arrived, over all sources.
    pub lost: u64,
    /// Packets too late to be played.
    pub late: u64,
    /// Packets that arrived a second time.
    pub duplicate: u64,
    /// Packets that a later one overtook.
    pub reordered: u64,
    /// Packets whose sequence number was far off and not continued.
    pub stray: u64,
    /// Interarrival jitter in units of 125 us (RFC 3550 A.8).
    pub jitter: u32,
    /// Round trip of the last report that allowed to measure it (RFC 3550 section 6.4.1).
    pub rtt: Option<Duration>,
    /// Datagrams on the RTP port that were no RTP, or carried more than 200 ms.
    pub malformed: u64,
    /// Datagrams on the RTCP port that were no RTCP.
    pub malformed_rtcp: u64,
    /// RTP packets of a payload type that was not agreed.
    pub wrong_payload_type: u64,
    /// Datagrams, RTP or RTCP, from an address that is not the peer's.
    pub foreign_source: u64,
    /// RTP packets that came although this end does not receive.
    pub unwanted: u64,
    /// Comfort noise packets.
    pub comfort_noise: u64,
    /// Times that the peer's SSRC changed.
    pub ssrc_changes: u64,
    /// Times that playout started anew: sequence numbers restarted, or all packets came late.
    pub resets: u64,
    /// Times that the timestamps jumped.
    pub timestamp_jumps: u64,
    /// Packets whose timestamp was far off and not continued.
    pub stray_timestamps: u64,
    /// Bursts that overfilled the jitter buffer.
    pub overflows: u64,
    /// 10 ms blocks that these dropped.
    pub overflow_blocks: u64,
    /// 10 ms blocks due while the jitter buffer was empty.
    pub underruns: u64,
    /// 10 ms blocks with missing samples, made up or played as silence there.
    pub concealed: u64,
    /// Blocks by which playout fell behind: for clock drift, for a deeper jitter buffer.
    pub slips_inserted: u64,
    /// Blocks left out: for clock drift, for a shallower jitter buffer.
    pub slips_dropped: u64,
    /// Digits received as telephone events.
    pub digits: u64,
    /// Events dropped because the caller did not drain `poll_event`.
    pub event_overflows: u64,
    /// RTCP datagrams sent.
    pub reports_sent: u64,
    /// RTCP datagrams taken.
    pub reports_received: u64,
    /// RTCP XR among these (RFC 3611).
    pub extended_reports_received: u64,
    /// RTCP BYE from the peer.
    pub goodbyes_received: u64,
    /// What the peer's last report said about our packets: lost since the start (may be negative).
    pub peer_lost: i32,
    /// The same, share lost since its report before, in 1/256.
    pub peer_fraction_lost: u8,
    /// The same, interarrival jitter in units of 125 us.
    pub peer_jitter: u32,
}
