//! Timeslot lists such as `1-15,17-31`.

/// Every slot of `text` in the order written, 1 to 255 each.
///
/// # Errors
/// What is wrong with it, in words for "expected ...".
pub(super) fn parse(text: &str) -> Result<Vec<u8>, &'static str> {
    const EXPECTED: &str = "slots and ranges from 1 on, such as \"1-15,17-31\"";
    let slot = |text: &str| text.trim().parse::<u8>().ok().filter(|slot| *slot > 0).ok_or(EXPECTED);
    let mut slots = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => slots.push(slot(part)?),
            Some((first, last)) => {
                let (first, last) = (slot(first)?, slot(last)?);
                if first > last {
                    return Err("ranges with the lower slot first, such as \"1-15\"");
                }
                slots.extend(first..=last);
            }
        }
    }
    Ok(slots)
}

/// Slots as text: `[1, 2, 3, 17]` is `1-3,17`. Neighbours join, the order stays.
pub(super) fn text(slots: &[u8]) -> String {
    let mut ranges: Vec<(u8, u8)> = Vec::new();
    for slot in slots {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*slot) => *last = *slot,
            Some(_) | None => ranges.push((*slot, *slot)),
        }
    }
    let range = |(first, last): &(u8, u8)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.iter().map(range).collect::<Vec<_>>().join(",")
}
