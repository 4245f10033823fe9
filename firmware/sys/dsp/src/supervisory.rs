//! Supervisory tones by frequency and cadence (super_tone_rx.c): dial tone, ringback, busy, congestion of one country.
//!
//! Country data comes as plain arguments. The receiver works in blocks of 128 samples (16 ms), so lengths are told in steps of
//! that, and a change counts once it was seen twice. Frequencies within 10 Hz of each other are one to it; tones that differ
//! less than about 40 Hz are not told apart surely. It hears from -42 dBm0 on; of two frequencies the weaker may be 6 dB
//! below the other, else it counts as absent.
//!
//! A cadence is reported when its last segment has reached its least length. Speech imitates a single cadence of one frequency
//! now and then, and so does a tone with a longer pause: give short cadences twice over, as here.
//!
//! ```
//! use dsp::supervisory::{Detector, Event, Segment, Tone};
//! let once = [Segment::tone(425, 0, 400, Some(600)), Segment::silence(400, Some(600))];
//! let busy = Tone { segments: once.repeat(2) };
//! let dial = Tone { segments: vec![Segment::tone(425, 0, 1500, None)] };
//! let mut detector = Detector::new(&[busy, dial])?;
//! detector.rx(&[0; 160]);
//! assert_eq!(detector.poll_event(), None); // or Event::Begin(0): the first of the list
//! # Ok::<(), dsp::Error>(())
//! ```

use crate::Error;
use crate::events::Events;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, Shared, in_callback, length};
use std::ffi::{c_int, c_void};

const COMPONENT: &str = "supervisory tone detector";
/// Events between two polls.
const EVENTS: usize = 64;
/// As many as super_tone_rx.c remembers. A longer cadence would read before its array.
const MOST_SEGMENTS: usize = 10;
/// A fraction of `SUPER_TONE_BINS / 2`, the room for frequencies.
const MOST_FREQUENCIES: usize = 32;
/// Frequencies nearer than this share one filter.
const MERGED_HZ: u16 = 10;
/// The receiver compares frequencies and never returns when it has fewer than two. So a last tone is added, above all others:
/// exactly ten minutes of one frequency and then of the other, which nobody sends.
const FILLER_HZ: [u16; 2] = [3300, 3500];
/// The longest length that a segment may ask for.
const LONGEST_MS: u32 = 600_000;

// SAFETY: super_tone_rx.c, tone_detect.c: `super_tone_rx` writes the state only and reads the descriptor that was made for it
// alone. No statics but constants, no thread-local storage.
unsafe impl Movable for ffi::super_tone_rx_state_t {}
// SAFETY: as above; nothing writes a descriptor after its tones were added.
unsafe impl Movable for ffi::super_tone_rx_descriptor_t {}

/// One step of a cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// In Hz, up to two, 300 to 3000; 0 is none. Two of 0 are silence.
    pub frequencies: [u16; 2],
    /// At least so long, in ms.
    pub min_ms: u32,
    /// At most so long, in ms; `None` is for ever.
    pub max_ms: Option<u32>,
}

impl Segment {
    /// One frequency, or two (`second` not 0).
    pub fn tone(first: u16, second: u16, min_ms: u32, max_ms: Option<u32>) -> Self {
        Self { frequencies: [first, second], min_ms, max_ms }
    }

    /// Nothing at all.
    pub fn silence(min_ms: u32, max_ms: Option<u32>) -> Self {
        Self::tone(0, 0, min_ms, max_ms)
    }
}

/// A tone: its cadence, once through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tone {
    /// 1 to 10 of them.
    pub segments: Vec<Segment>,
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The tone at this position of the list, after one whole cadence.
    Begin(usize),
    /// Its cadence was broken.
    End,
}

/// Listens in the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Detector {
    // Dropped in this order: the state points to the two others.
    state: Handle<ffi::super_tone_rx_state_t>,
    _descriptor: Handle<ffi::super_tone_rx_descriptor_t>,
    events: Shared<Events<Event>>,
}

unsafe extern "C" fn report(user_data: *mut c_void, code: c_int, _level: c_int, _delay: c_int) {
    let note = |events: &Events<Event>| events.push(usize::try_from(code).map_or(Event::End, Event::Begin));
    // SAFETY: `Detector::new` registered this with the state that it owns; super_tone_rx.c calls it from `super_tone_rx` only.
    unsafe { in_callback(user_data, (), note) }
}

impl Detector {
    /// A detector of these tones. Where two fit, the first of the list is reported.
    ///
    /// # Errors
    ///
    /// [`Error::BadTone`]: none or more than ten segments, a frequency out of range, two within 10 Hz in one segment, a
    /// length above ten minutes, `min_ms` above `max_ms`, or more than 32 frequencies in all. [`Error::NoMemory`].
    pub fn new(tones: &[Tone]) -> Result<Self, Error> {
        let mut frequencies = Frequencies::default();
        let steps = plan(tones, &mut frequencies)?;
        // SAFETY: a null descriptor makes super_tone_rx_make_descriptor allocate one; its destructor frees it and its tables.
        let made = unsafe {
            Handle::new(
                COMPONENT,
                || ffi::super_tone_rx_make_descriptor(std::ptr::null_mut()),
                ffi::super_tone_rx_free_descriptor,
            )
        };
        let mut descriptor = made?;
        // SAFETY: the descriptor is ours and not in use yet; `plan` keeps to its limits of tones, segments and frequencies.
        unsafe { add(descriptor.raw(), &steps) };
        let events = Shared::new(Events::new(EVENTS));
        let (user_data, raw) = (events.user_data(), descriptor.raw());
        // SAFETY: a null state makes super_tone_rx_init allocate one; super_tone_rx_free frees it. Descriptor and events outlive
        // it, as fields are dropped in order.
        let made = unsafe {
            Handle::new(
                COMPONENT,
                || ffi::super_tone_rx_init(std::ptr::null_mut(), raw, Some(report), user_data),
                ffi::super_tone_rx_free,
            )
        };
        Ok(Self { state: made?, _descriptor: descriptor, events })
    }

    /// Takes the next samples, as many as there are.
    pub fn rx(&mut self, samples: &[i16]) {
        for piece in samples.chunks(PIECE) {
            // SAFETY: the state is ours and reads `piece` within its length.
            unsafe { ffi::super_tone_rx(self.state.raw(), piece.as_ptr(), length(piece)) };
        }
    }

    /// The oldest event that was not polled yet.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.get().pop()
    }

    /// Events lost because nobody polled.
    pub fn lost(&self) -> u64 {
        self.events.get().lost()
    }
}

/// One call of `super_tone_rx_add_element`.
#[derive(Debug)]
struct Step {
    tone: usize,
    segment: Segment,
}

/// Which filter each frequency gets, as `add_super_tone_freq` of super_tone_rx.c deals them out: an exact match, else one within
/// 10 Hz, else a new one.
#[derive(Debug, Default)]
struct Frequencies {
    known: Vec<(u16, usize)>,
    filters: usize,
}

impl Frequencies {
    fn find(&self, frequency: u16) -> Option<usize> {
        let exact = self.known.iter().find(|(known, _)| *known == frequency);
        let near = || self.known.iter().find(|(known, _)| known.abs_diff(frequency) <= MERGED_HZ);
        exact.or_else(near).map(|(_, filter)| *filter)
    }

    fn add(&mut self, frequency: u16) {
        let filter = self.find(frequency).unwrap_or(self.filters);
        self.filters = self.filters.max(filter + 1);
        if !self.known.iter().any(|(known, _)| *known == frequency) {
            self.known.push((frequency, filter));
        }
    }
}

/// Checks the tones, adds the filler and puts the frequencies of each segment in the order of their filters: the receiver reports them in that
/// order and compares one by one.
fn plan(tones: &[Tone], frequencies: &mut Frequencies) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for (tone, Tone { segments }) in tones.iter().enumerate() {
        let bad = |why| Error::BadTone { tone, why };
        if segments.is_empty() || segments.len() > MOST_SEGMENTS {
            return Err(bad("must have 1 to 10 segments"));
        }
        for segment in segments {
            let mut segment = *segment;
            check(segment).map_err(bad)?;
            let [first, second] = segment.frequencies;
            if second != 0 {
                let swapped = match (frequencies.find(first), frequencies.find(second)) {
                    (Some(first), Some(second)) => second < first,
                    (None, Some(_)) => true,
                    (Some(_), None) | (None, None) => false,
                };
                if swapped {
                    segment.frequencies = [second, first];
                }
            }
            segment.frequencies.into_iter().filter(|frequency| *frequency != 0).for_each(|one| frequencies.add(one));
            if frequencies.known.len() > MOST_FREQUENCIES {
                return Err(bad("with those before it has more than 32 frequencies"));
            }
            if second != 0 && frequencies.find(first) == frequencies.find(second) {
                return Err(bad("has two frequencies that share a filter"));
            }
            steps.push(Step { tone, segment });
        }
    }
    steps.extend(FILLER_HZ.map(|frequency| {
        let segment = Segment::tone(frequency, 0, LONGEST_MS, Some(LONGEST_MS));
        Step { tone: tones.len(), segment }
    }));
    Ok(steps)
}

fn check(segment: Segment) -> Result<(), &'static str> {
    let [first, second] = segment.frequencies;
    let in_range = |frequency: u16| frequency == 0 || (300..=3000).contains(&frequency);
    let longest = segment.max_ms.unwrap_or(LONGEST_MS);
    if !in_range(first) || !in_range(second) {
        return Err("has a frequency that is not 300 to 3000 Hz");
    }
    if first == 0 && second != 0 {
        return Err("has a second frequency without a first");
    }
    if first != 0 && first.abs_diff(second) <= MERGED_HZ {
        return Err("has two frequencies within 10 Hz");
    }
    if segment.min_ms > longest || longest == 0 || longest > LONGEST_MS {
        return Err("has a length that is not 0 to 600,000 ms, or a least above the most");
    }
    Ok(())
}

/// Adds the tones to a new descriptor.
///
/// # Safety
///
/// The descriptor is new, nobody else has it, and `steps` come from `plan`.
unsafe fn add(descriptor: *mut ffi::super_tone_rx_descriptor_t, steps: &[Step]) {
    let number = |value: u32| c_int::try_from(value).unwrap_or(c_int::MAX);
    let mut tones = 0;
    for Step { tone, segment } in steps {
        while tones <= *tone {
            // SAFETY: as promised by our caller; tones are numbered as they are added.
            unsafe { ffi::super_tone_rx_add_tone(descriptor) };
            tones += 1;
        }
        let [first, second] = segment.frequencies;
        let (low, high) = (number(segment.min_ms), segment.max_ms.map_or(0, number));
        let tone = c_int::try_from(*tone).unwrap_or(c_int::MAX);
        // SAFETY: as promised by our caller; the tone is there by now.
        unsafe { ffi::super_tone_rx_add_element(descriptor, tone, first.into(), second.into(), low, high) };
    }
}
