//! How a stream sounds, a sample a second, and as VoIP metrics for the peer (RFC 3611 section 4.7).

use super::Stream;
use crate::jitter::Mode;
use crate::quality::emodel::{Impairment, mos};
use crate::quality::loss::GMIN;
use crate::quality::{Quality, Situation};
use crate::rtcp::VoipMetrics;
use crate::rtcp::extended::{UNAVAILABLE, receiver_configuration};

impl Stream {
    /// The quality of the last whole second, once; `None` until the next is over. Seconds are counted in line blocks.
    pub fn poll_quality(&mut self) -> Option<Quality> {
        self.playback.meter.poll()
    }

    /// Rating R and MOS of the whole call so far: its loss, its bursts, its mean delay.
    #[must_use]
    pub fn rating(&self) -> (f64, f64) {
        let r = self.playback.meter.rating(self.impairment());
        (r, mos(r))
    }

    /// What the peer last told of our packets by RTCP XR.
    #[must_use]
    pub const fn peer_metrics(&self) -> Option<&VoipMetrics> {
        self.peer_metrics.as_ref()
    }

    pub(super) fn complete_second(&mut self) {
        let situation = Situation {
            jitter: self.source.reception().map_or(0, crate::reception::Reception::jitter),
            depth: self.playback.buffer.depth().unwrap_or_default(),
            rtt: self.counters.rtt,
            blocks_per_packet: self.playback.blocks_per_packet(),
            codec: self.impairment(),
        };
        self.playback.meter.complete(&situation);
    }

    const fn impairment(&self) -> Impairment {
        if self.playback.is_encoded() {
            Impairment::G722_LOWER_BAND
        } else if self.playback.conceals() {
            Impairment::G711_CONCEALED
        } else {
            Impairment::G711_BARE
        }
    }

    /// `None` when not wanted, or when nothing was heard yet.
    pub(super) fn voip_metrics(&self) -> Option<VoipMetrics> {
        let reception = self.source.reception().filter(|_| self.extended_reports)?;
        let meter = &self.playback.meter;
        let depth = self.playback.buffer.depth().unwrap_or_default();
        let bursts = meter.bursts_and_gaps();
        let packet_ms = self.playback.blocks_per_packet() * 10;
        let share = |part: u64| {
            let share = (part * 256).checked_div(reception.expected()).unwrap_or(0);
            u8::try_from(share).unwrap_or(u8::MAX)
        };
        let ms = |packets: u32| u16::try_from(packets.saturating_mul(packet_ms)).unwrap_or(u16::MAX);
        let round_trip = self.counters.rtt.map_or(0, |rtt| u16::try_from(rtt.as_millis()).unwrap_or(u16::MAX));
        let (r, listening) = (meter.rating(self.impairment()), meter.listening_rating(self.impairment()));
        let (signal_level, noise_level) =
            meter.levels().map_or((UNAVAILABLE, UNAVAILABLE), |(signal, noise)| (level(signal), level(noise)));
        Some(VoipMetrics {
            ssrc: reception.ssrc(),
            loss_rate: share(reception.lost()),
            discard_rate: share(self.playback.buffer.counters().late),
            burst_density: bursts.burst_density,
            gap_density: bursts.gap_density,
            burst_duration: ms(bursts.burst_packets),
            gap_duration: ms(bursts.gap_packets),
            round_trip_delay: round_trip,
            // One packet is collected, and the buffer holds what comes.
            end_system_delay: depth.nominal_ms.saturating_add(u16::try_from(packet_ms).unwrap_or(u16::MAX)),
            signal_level,
            noise_level,
            rerl: UNAVAILABLE,
            gmin: GMIN,
            r_factor: rounded(r),
            external_r_factor: UNAVAILABLE,
            mos_lq: rounded(mos(listening) * 10.0),
            mos_cq: rounded(mos(r) * 10.0),
            receiver_configuration: receiver_configuration(
                self.playback.conceals(),
                matches!(self.playback.buffer.mode(), Mode::Adaptive { .. }),
            ),
            reserved: 0,
            buffer_nominal: depth.nominal_ms,
            buffer_maximum: depth.maximum_ms,
            buffer_absolute_maximum: depth.absolute_maximum_ms,
        })
    }
}

/// `as` saturates.
const fn rounded(value: f64) -> u8 {
    value.round() as u8
}

/// Two's complement of whole dBm0.
const fn level(dbm0: f64) -> u8 {
    (dbm0.round() as i8).cast_unsigned()
}
