//! What the media thread sees of a sound card: blocks that come or go, 10 ms each, without waiting.

use audio::{BLOCK, Capture, Loss, Playback, Read, Stream, Written};

/// Where music comes from.
pub(crate) trait Source: Send {
    /// Fills the next block; called about once every 10 ms. Neither waits nor allocates.
    ///
    /// # Errors
    ///
    /// It is gone for good: said once, and silence from then on.
    fn next(&mut self, block: &mut [i16; BLOCK]) -> Result<(), Loss>;

    /// Whether it goes on when nobody asks for its blocks.
    fn runs_by_itself(&self) -> bool;
}

/// Where a call is heard.
pub(crate) trait Output: Send {
    /// Plays the next block; called about once every 10 ms. Neither waits nor allocates.
    ///
    /// # Errors
    ///
    /// It is gone for good: said once.
    fn play(&mut self, block: &[i16; BLOCK]) -> Result<(), Loss>;
}

impl<S: Stream> Source for Capture<S> {
    fn next(&mut self, block: &mut [i16; BLOCK]) -> Result<(), Loss> {
        match self.read(block) {
            Read::Sound | Read::Repeated | Read::Silence => Ok(()),
            Read::Gone(loss) => Err(loss),
        }
    }

    fn runs_by_itself(&self) -> bool {
        true
    }
}

impl<S: Stream> Output for Playback<S> {
    fn play(&mut self, block: &[i16; BLOCK]) -> Result<(), Loss> {
        match self.write(block) {
            Written::Once | Written::Twice | Written::Dropped | Written::Unheard => Ok(()),
            Written::Gone(loss) => Err(loss),
        }
    }
}
