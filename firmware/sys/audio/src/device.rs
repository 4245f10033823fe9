//! The sound devices of this machine, for a settings page.

use crate::card::system;
use crate::{Direction, Error};
use alsa::card::Iter;
use alsa::ctl::DeviceIter;
use alsa::{Card, Ctl, Output};

/// A device that [`Capture::open`](crate::Capture::open) or [`Playback::open`](crate::Playback::open) may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// ALSA's name, by the card's own word, which stays the same when cards are numbered differently: `hw:CARD=PCH,DEV=0`.
    pub name: String,
    /// Card and device in the words of the driver: `HDA Intel PCH, ALC269VC Analog`.
    pub description: String,
    /// Whether it has an input.
    pub capture: bool,
    /// Whether it has an output.
    pub playback: bool,
}

impl Device {
    /// Whether it goes this way.
    pub fn goes(&self, direction: Direction) -> bool {
        match direction {
            Direction::Capture => self.capture,
            Direction::Playback => self.playback,
        }
    }
}

/// All devices of all cards, in the kernel's order; none where there is no card. Names that only asound.conf knows are not in
/// it and can be opened all the same. May wait for a card.
///
/// # Errors
///
/// There are cards and none of them could be asked.
pub fn devices() -> Result<Vec<Device>, Error> {
    // Kept from standard error.
    let _words = Output::local_error_handler();
    let mut found = Vec::new();
    let mut failed = None;
    for card in Iter::new() {
        let Ok(card) = card.map_err(|error| failed = Some(error)) else {
            // It would be told again and again.
            break;
        };
        if let Err(error) = devices_of(&card, &mut found) {
            failed = Some(error);
        }
    }
    match failed {
        Some(error) if found.is_empty() => Err(Error::List { source: system(error) }),
        _ => Ok(found),
    }
}

fn devices_of(card: &Card, found: &mut Vec<Device>) -> Result<(), alsa::Error> {
    let control = Ctl::from_card(card, true)?;
    let about = control.card_info()?;
    let (id, title) = (about.get_id()?, about.get_name()?);
    for number in DeviceIter::new(&control) {
        let Ok(place) = u32::try_from(number) else { continue };
        let capture = control.pcm_info(place, 0, alsa::Direction::Capture);
        let playback = control.pcm_info(place, 0, alsa::Direction::Playback);
        let Ok(about) = playback.as_ref().or(capture.as_ref()) else { continue };
        found.push(Device {
            name: format!("hw:CARD={id},DEV={place}"),
            description: format!("{title}, {}", about.get_name()?),
            capture: capture.is_ok(),
            playback: playback.is_ok(),
        });
    }
    Ok(())
}
