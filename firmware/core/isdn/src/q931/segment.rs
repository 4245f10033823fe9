//! Messages longer than a frame, cut into SEGMENT messages and put together again (Q.931 annex H).
//!
//! Each SEGMENT has the call reference of the message, the segmented message element (type of the message, how many follow) and a piece of
//! what came after the message's type, cut at any octet. A piece that is missing, out of order or late (T314) spoils the whole message.

use super::ie::{Element, Segmented, id};
use super::message::PROTOCOL_DISCRIMINATOR;
use super::{Message, MessageType};

/// A message has eight segments at most (annex H.1).
pub const MAX_SEGMENTS: usize = 8;
/// Octets of the segmented message element.
const ELEMENT: usize = 4;

/// A message in pieces: head (discriminator and call reference), type, body.
struct Parts<'a> {
    head: &'a [u8],
    message_type: u8,
    body: &'a [u8],
}

fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let (&discriminator, rest) = bytes.split_first()?;
    let (&length, _) = rest.split_first()?;
    if discriminator != PROTOCOL_DISCRIMINATOR || length > 2 {
        return None;
    }
    let (head, rest) = bytes.split_at_checked(2 + usize::from(length))?;
    let (&message_type, body) = rest.split_first()?;
    Some(Parts { head, message_type, body })
}

/// The message as it is sent over a link that carries `longest` octets: itself, or its segments; `None` when it would need too many.
#[must_use]
pub fn cut(message: &[u8], longest: usize) -> Option<Vec<Vec<u8>>> {
    if message.len() <= longest {
        return Some(vec![message.to_vec()]);
    }
    let Parts { head, message_type, body } = parts(message)?;
    let room = longest.checked_sub(head.len() + 1 + ELEMENT).filter(|room| *room > 0)?;
    let pieces: Vec<&[u8]> = body.chunks(room).collect();
    if pieces.len() > MAX_SEGMENTS {
        return None;
    }
    let segment = |(index, piece): (usize, &&[u8])| {
        let remaining = u8::try_from(pieces.len() - 1 - index).unwrap_or(u8::MAX);
        let mut bytes = [head, &[MessageType::Segment.code()]].concat();
        Element::Segmented(Segmented { first: index == 0, remaining, message_type }).emit(&mut bytes);
        bytes.extend_from_slice(piece);
        bytes
    };
    Some(pieces.iter().enumerate().map(segment).collect())
}

/// What a call can do without, the least missed first: what it says to people, and not what it does.
const DISPENSABLE: [u8; 3] = [id::DISPLAY, id::USER_USER, id::CONNECTED_SUBADDRESS];

/// Takes one element out of a message that is too long to be sent, and says which; `None` when there is none to spare.
pub(crate) fn lighten(message: &mut Message) -> Option<u8> {
    let has = |wanted: &u8| message.elements.iter().any(|element| element.codeset() == 0 && element.id() == *wanted);
    let spare = DISPENSABLE.into_iter().find(has)?;
    message.elements.retain(|element| element.codeset() != 0 || element.id() != spare);
    Some(spare)
}

/// What [`Reassembly::handle`] made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Assembled {
    /// A message that is whole.
    Whole(Vec<u8>),
    /// A segment after which more are to come: T314 runs.
    Part,
    /// A segment that does not belong where it came; what was there of its message is lost with it.
    Spoiled,
}

/// The message of which segments are coming. One at a time: the segments of a message follow each other (annex H.3).
#[derive(Debug, Default)]
pub(crate) struct Reassembly {
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    head: Vec<u8>,
    message_type: u8,
    body: Vec<u8>,
    remaining: u8,
}

impl Reassembly {
    /// Takes any message. One that is no segment spoils a message that had begun and is whole itself.
    pub(crate) fn handle(&mut self, bytes: &[u8]) -> (Assembled, bool) {
        match parts(bytes) {
            Some(Parts { head, message_type, body }) if message_type == MessageType::Segment.code() => {
                (self.segment(head, body), false)
            }
            Some(_) | None => (Assembled::Whole(bytes.to_vec()), self.give_up()),
        }
    }

    /// Forgets what has come; true when there was anything.
    pub(crate) fn give_up(&mut self) -> bool {
        self.begun.take().is_some()
    }

    fn segment(&mut self, head: &[u8], body: &[u8]) -> Assembled {
        let Some((segmented, piece)) = read(body) else {
            self.begun = None;
            return Assembled::Spoiled;
        };
        let before = self.begun.take();
        let mut begun = match (segmented.first, before) {
            (true, None) if usize::from(segmented.remaining) < MAX_SEGMENTS => Begun {
                head: head.to_vec(),
                message_type: segmented.message_type,
                body: Vec::new(),
                remaining: segmented.remaining,
            },
            (false, Some(begun))
                if begun.head == head
                    && begun.message_type == segmented.message_type
                    && begun.remaining.checked_sub(1) == Some(segmented.remaining) =>
            {
                Begun { remaining: segmented.remaining, ..begun }
            }
            (true | false, _) => return Assembled::Spoiled,
        };
        begun.body.extend_from_slice(piece);
        if begun.remaining > 0 {
            self.begun = Some(begun);
            return Assembled::Part;
        }
        Assembled::Whole([&begun.head[..], &[begun.message_type], &begun.body].concat())
    }
}

/// The segmented message element, which comes first, and the piece behind it.
fn read(body: &[u8]) -> Option<(Segmented, &[u8])> {
    let (&[identifier, length], rest) = body.split_first_chunk()?;
    let (contents, piece) = rest.split_at_checked(usize::from(length))?;
    (identifier == id::SEGMENTED_MESSAGE).then(|| Segmented::decode(contents).ok())?.map(|segmented| (segmented, piece))
}
