//! Audio by which every octet is known: each channel sends silence for a while, then a pseudo-random sequence of its own, and the
//! other end compares octet by octet. What is lost, repeated, altered or another channel's shows; so does silence in between, which
//! is counted apart: the sequence goes on behind it, or further on, and then what is missing is counted too.

use tdm::Law;

/// Octets at the beginning of a sequence, or behind a gap, by which its place is found.
const MARK: usize = 16;
/// What may be missing behind a gap without the sequence being lost.
const MOST_MISSING: usize = 800;
/// The longest gap that is looked across.
const LONGEST_GAP: usize = 8000;

/// The octets of a sequence, for ever.
#[derive(Debug, Clone)]
struct Octets {
    state: u64,
    left: u32,
    word: u64,
}

impl Octets {
    fn new(seed: u32) -> Self {
        Self { state: u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, left: 0, word: 0 }
    }

    /// xorshift64*.
    fn next(&mut self) -> u8 {
        if self.left == 0 {
            self.state ^= self.state >> 12;
            self.state ^= self.state << 25;
            self.state ^= self.state >> 27;
            self.word = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d);
            self.left = 8;
        }
        self.left -= 1;
        let octet = self.word.to_le_bytes()[0];
        self.word >>= 8;
        octet
    }

    fn mark(&self) -> [u8; MARK] {
        let mut ahead = self.clone();
        std::array::from_fn(|_| ahead.next())
    }
}

/// Sends.
#[derive(Debug, Clone)]
pub(crate) struct Talker {
    octets: Octets,
    silence: u8,
    /// Octets of silence still to be sent.
    before: usize,
}

impl Talker {
    /// The sequence `seed`, after so many octets of silence.
    pub(crate) fn new(seed: u32, law: Law, before: usize) -> Self {
        Self { octets: Octets::new(seed), silence: law.silence(), before }
    }

    /// The next octets to send.
    pub(crate) fn fill(&mut self, block: &mut [u8]) {
        for octet in block {
            *octet = match self.before.checked_sub(1) {
                Some(left) => {
                    self.before = left;
                    self.silence
                }
                None => self.octets.next(),
            };
        }
    }
}

/// Receives and compares.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    octets: Octets,
    /// What came since the sequence was last followed; `None` while it is.
    looking: Option<Vec<u8>>,
    /// Octets before the sequence began.
    pub(crate) before: usize,
    /// Octets of the sequence that came as they were sent.
    pub(crate) right: u64,
    /// The lengths of what came in between.
    pub(crate) gaps: Vec<usize>,
    /// Octets of the sequence that never came: behind their gap it went on further.
    pub(crate) missing: usize,
    /// The sequence was not found again.
    pub(crate) lost: bool,
}

impl Listener {
    /// Expects the sequence `seed`.
    pub(crate) fn new(seed: u32) -> Self {
        Self {
            octets: Octets::new(seed),
            looking: Some(Vec::new()),
            before: 0,
            right: 0,
            gaps: Vec::new(),
            missing: 0,
            lost: false,
        }
    }

    /// Octets that arrived.
    pub(crate) fn hear(&mut self, heard: &[u8]) {
        for octet in heard {
            self.hear_one(*octet);
        }
    }

    fn hear_one(&mut self, octet: u8) {
        let Some(mut looked) = self.looking.take() else {
            let before = self.octets.clone();
            if self.octets.next() == octet {
                self.right += 1;
            } else {
                self.octets = before;
                self.looking = Some(vec![octet]);
            }
            return;
        };
        looked.push(octet);
        if let Some(missing) = self.place_of(&looked) {
            self.missing += missing;
            for _ in 0..missing {
                self.octets.next();
            }
            self.found(looked.len() - MARK);
        } else {
            self.lost |= self.right > 0 && looked.len() > LONGEST_GAP;
            self.looking = Some(looked);
        }
    }

    /// How many octets further on the sequence is where the last of these are; `None` when it is not there.
    fn place_of(&self, looked: &[u8]) -> Option<usize> {
        if looked.ends_with(&self.octets.mark()) {
            return Some(0);
        }
        // The beginning is never missed.
        let tail = looked.get(looked.len().checked_sub(MARK)?..).filter(|_| self.right > 0)?;
        // Silence still: to search the sequence for it would take the guest's time from the far end.
        if matches!(tail, [first, second, third, ..] if first == second && second == third) {
            return None;
        }
        let mut ahead = self.octets.clone();
        let further: Vec<u8> = (0..MOST_MISSING + MARK).map(|_| ahead.next()).collect();
        further.windows(MARK).position(|window| window == tail)
    }

    fn found(&mut self, gap: usize) {
        if self.right == 0 {
            self.before = gap
        } else {
            self.gaps.push(gap)
        }
        for _ in 0..MARK {
            self.octets.next();
        }
        self.right += MARK as u64;
    }

    /// Whether every octet of the sequence came, without a gap, so many at least.
    pub(crate) fn is_exact(&self, least: u64) -> bool {
        self.looking.is_none() && self.gaps.is_empty() && self.missing == 0 && self.right >= least
    }
}

#[test]
fn sequence_heard_with_silence_before_it_is_exact_and_one_bit_is_not() {
    let (mut talker, mut block) = (Talker::new(7, Law::A, 24), [0; 800]);
    talker.fill(&mut block);
    let mut good = Listener::new(7);
    good.hear(&block);
    assert!(good.is_exact(776), "{} of 776 octets", good.right);
    assert_eq!(good.before, 24);
    let mut other = Listener::new(8);
    other.hear(&block);
    assert!(!other.is_exact(0), "the sequence of another channel was taken");
    block[400] ^= 1;
    let mut bad = Listener::new(7);
    bad.hear(&block);
    assert!(!bad.is_exact(0), "a wrong bit was not seen");
}

#[test]
fn silence_within_a_sequence_is_a_gap_of_its_length() {
    let (mut talker, mut block) = (Talker::new(7, Law::A, 0), [0; 400]);
    let mut listener = Listener::new(7);
    talker.fill(&mut block);
    listener.hear(&block);
    listener.hear(&[0xd5; 80]);
    talker.fill(&mut block);
    listener.hear(&block);
    assert_eq!((listener.gaps.as_slice(), listener.right), ([80].as_slice(), 800));
}

#[test]
fn what_is_missing_behind_a_gap_is_counted() {
    let (mut talker, mut block) = (Talker::new(7, Law::A, 0), [0; 400]);
    let mut listener = Listener::new(7);
    talker.fill(&mut block);
    listener.hear(&block);
    listener.hear(&[0xd5; 136]);
    talker.fill(&mut block);
    listener.hear(&block[80..]);
    assert_eq!((listener.gaps.as_slice(), listener.missing, listener.right), ([136].as_slice(), 80, 720));
    assert!(!listener.is_exact(0));
}
