//! Messages between the two ends of a virtual span: the other end is another process.

use tdm::virtual_span::wire::Message;

/// A message that parses is emitted and parses to the same.
pub(super) fn wire(bytes: &[u8]) -> bool {
    let Ok(message) = Message::parse(bytes) else { return false };
    let mut again = Vec::new();
    message.emit(&mut again);
    assert_eq!(Message::parse(&again).as_ref(), Ok(&message), "emitted {again:02x?}");
    true
}
