//! A second in twelve octets: level, loss, jitter, buffer, delay, R, MOS, echo return loss, its enhancement. Numbers of two octets are
//! big-endian. Steps: 1 dB, 0.5 %, 0.1 ms, 1 ms, 1 ms, 1, 0.02, 1 dB, 1 dB; 255 is "unknown" in the last two,
//! 127 in the level.

use model::api::{CallLeg, QualitySecond};

/// See the module header.
pub(super) type Packed = [u8; 12];

const UNKNOWN: u8 = 255;
const UNKNOWN_LEVEL: i8 = 127;

/// Values beyond what their octets hold are brought to the nearest that fits: `as` saturates.
pub(super) fn pack(second: &QualitySecond) -> Packed {
    let [jitter_0, jitter_1] = ((second.jitter_ms * 10.0).round() as u16).to_be_bytes();
    let [buffer_0, buffer_1] = second.buffer_ms.to_be_bytes();
    let [delay_0, delay_1] = second.delay_ms.to_be_bytes();
    let decibels = |value: Option<f32>| value.map_or(UNKNOWN, |value| (value.round() as u8).min(UNKNOWN - 1));
    [
        second.level_dbm0.map_or(UNKNOWN_LEVEL, |level| (level.round() as i8).min(UNKNOWN_LEVEL - 1)).cast_unsigned(),
        (second.loss_percent * 2.0).round() as u8,
        jitter_0,
        jitter_1,
        buffer_0,
        buffer_1,
        delay_0,
        delay_1,
        second.r.round() as u8,
        (second.mos * 50.0).round() as u8,
        decibels(second.echo_return_loss_db),
        decibels(second.echo_enhancement_db),
    ]
}

pub(super) fn unpack(leg: CallLeg, second: u32, packed: Packed) -> QualitySecond {
    let [level, loss, jitter_0, jitter_1, buffer_0, buffer_1, delay_0, delay_1, r, mos, echo_loss, enhancement] = packed;
    let decibels = |octet: u8| (octet != UNKNOWN).then_some(f32::from(octet));
    QualitySecond {
        leg,
        second,
        level_dbm0: Some(level.cast_signed()).filter(|level| *level != UNKNOWN_LEVEL).map(f32::from),
        loss_percent: f32::from(loss) / 2.0,
        jitter_ms: f32::from(u16::from_be_bytes([jitter_0, jitter_1])) / 10.0,
        buffer_ms: u16::from_be_bytes([buffer_0, buffer_1]),
        delay_ms: u16::from_be_bytes([delay_0, delay_1]),
        r: f32::from(r),
        mos: f32::from(mos) / 50.0,
        echo_return_loss_db: decibels(echo_loss),
        echo_enhancement_db: decibels(enhancement),
    }
}
