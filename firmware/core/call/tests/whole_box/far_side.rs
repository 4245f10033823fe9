//! The exchange's own settings, which follow the box's: where the box is the network it is a PBX.

use model::settings::{self, Settings};

/// The exchange's own end: of span1 alone, or of the group that span1 is the first of.
pub fn far_side(settings: &Settings) -> isdn::Config {
    let first = settings.spans.first();
    let framing = match first.map(|span| span.framing) {
        Some(settings::Framing::T1) => isdn::Framing::T1,
        Some(settings::Framing::E1 | settings::Framing::Analog) | None => isdn::Framing::E1,
    };
    let member = |(index, span): (usize, &settings::Span)| {
        let (interface, nfas) = (u8::try_from(index).unwrap(), span.nfas.as_ref()?);
        match nfas.d_channel {
            settings::NfasDChannel::Primary => None,
            settings::NfasDChannel::Backup => Some(isdn::NfasSpan::with_backup(interface, framing)),
            settings::NfasDChannel::None => Some(isdn::NfasSpan::bearers_only(interface, framing)),
        }
    };
    let spans: Vec<isdn::NfasSpan> = settings.spans.iter().enumerate().filter_map(member).collect();
    let is_ni2 = first.is_some_and(|span| span.switch_type == settings::SwitchType::Ni2);
    let variant = if is_ni2 { isdn::Variant::NationalIsdn2 } else { isdn::Variant::EuroIsdn };
    let nfas = (!spans.is_empty()).then_some(isdn::Nfas { spans });
    let side = match first.map(|span| span.side) {
        Some(settings::Side::Network) => isdn::Side::User,
        Some(settings::Side::User) | None => isdn::Side::Network,
    };
    isdn::Config { variant, nfas, hold: true, ..isdn::Config::new("exchange", side, framing) }
}
