//! E-model (G.107, 06/2015) for what a gateway can see: delay, codec, loss after the jitter buffer and its burstiness.
//!
//! `R = Ro - Is - Id - Ie,eff`. Everything that belongs to telephones and rooms has its default of clause 7.7 table 2, echo
//! loss (TELR 65 dB, WEPL 110 dB) too: echo is taken to be cancelled. With delay 0 and no loss R is 93.2, as the table's text
//! says. Left out: the advantage factor (0), wideband scale (G.107.1), measured echo and noise.

/// Basic signal-to-noise ratio Ro (clause 7.2) with the defaults of table 2.
const RO: f64 = 94.768_8;
/// Simultaneous impairment Is (clause 7.3) with the defaults of table 2.
const IS: f64 = 1.413_6;
/// Talker echo loudness rating, dB (table 2).
const TELR: f64 = 65.0;
/// Weighted echo path loss, dB (table 2).
const WEPL: f64 = 110.0;

/// What a codec does to speech (G.113 appendix I).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impairment {
    /// Equipment impairment factor without loss, Ie.
    pub ie: f64,
    /// Robustness against loss, Bpl.
    pub bpl: f64,
}

impl Impairment {
    /// G.711 with concealment as in its appendix I (G.113 table I.4).
    pub const G711_CONCEALED: Self = Self { ie: 0.0, bpl: 25.1 };
    /// G.711 without concealment (G.113 table I.4).
    pub const G711_BARE: Self = Self { ie: 0.0, bpl: 4.3 };

    /// G.722 at 64 kbit/s of which a telephone line hears the lower band: 6 of each octet's 8 bits, ADPCM of 48 kbit/s. G.113 has no value for
    /// that on the narrow-band scale (its values for G.722 are of the wideband E-model, G.107.1). Taken: the Ie of ADPCM with one bit less,
    /// 2 for G.726 at 40 kbit/s (G.113 table I.1), which it cannot be worse than, and the Bpl of G.711 with the same kind of concealment.
    /// That the decoder needs some ms to find its step size again behind a hole is not in these.
    pub const G722_LOWER_BAND: Self = Self { ie: 2.0, bpl: 25.1 };

    /// Ie,eff (clause 7.5) for a loss in per cent and a burst ratio (1 is random loss, more is bursty).
    #[must_use]
    pub fn effective(&self, loss_percent: f64, burst_ratio: f64) -> f64 {
        let loss = loss_percent.clamp(0.0, 100.0);
        if loss <= 0.0 {
            return self.ie;
        }
        self.ie + (95.0 - self.ie) * loss / (loss / burst_ratio.max(1.0) + self.bpl)
    }
}

/// Transmission rating R, 0 to 93.2, for a one-way delay from mouth to ear.
#[must_use]
pub fn rating(codec: Impairment, loss_percent: f64, burst_ratio: f64, one_way_delay_ms: f64) -> f64 {
    (RO - IS - delay_impairment(one_way_delay_ms) - codec.effective(loss_percent, burst_ratio)).clamp(0.0, 100.0)
}

/// Mean opinion score MOS-CQE of a rating (annex B), 1 to 4.5.
#[must_use]
pub fn mos(r: f64) -> f64 {
    if r <= 0.0 {
        1.0
    } else if r >= 100.0 {
        4.5
    } else {
        (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0)
    }
}

/// Id = Idte + Idle + Idd (clause 7.4) with T = Ta and Tr = 2 Ta.
fn delay_impairment(ta: f64) -> f64 {
    let ta = ta.clamp(0.0, 10_000.0);
    talker_echo(ta) + listener_echo(2.0 * ta) + absolute_delay(ta)
}

fn talker_echo(t: f64) -> f64 {
    let terv = TELR - 40.0 * ((1.0 + t / 10.0) / (1.0 + t / 150.0)).log10() + 6.0 * (-0.3 * t * t).exp();
    let re = 80.0 + 2.5 * (terv - 14.0);
    let half = (RO - re) / 2.0;
    (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-t).exp())
}

fn listener_echo(tr: f64) -> f64 {
    let rle = 10.5 * (WEPL + 7.0) * (tr + 1.0).powf(-0.25);
    let half = (RO - rle) / 2.0;
    half + (half * half + 169.0).sqrt()
}

/// Idd with the default delay sensitivity sT = 1 and mT = 100 ms.
fn absolute_delay(ta: f64) -> f64 {
    if ta <= 100.0 {
        return 0.0;
    }
    let x = (ta / 100.0).log2();
    25.0 * ((1.0 + x.powi(6)).powf(1.0 / 6.0) - 3.0 * (1.0 + (x / 3.0).powi(6)).powf(1.0 / 6.0) + 2.0)
}
