//! The box against software that nobody here wrote: SIP phones, a SIP load generator, an ISDN stack, a packet decoder.
//!
//! ```text
//! scratch        a directory per test, kept when the test fails
//! ports          UDP and TCP ports on 127.0.0.1 that no other test run takes
//! process        child programs: log to a file, wait for a line, stopped on drop
//! audio          WAV files and levels
//! correlation    "was this what was said?": alignment and likeness of two recordings
//! tones          what tones are in a recording: when, how long, which frequency
//! g711, ear      an RTP end of our own where a peer cannot record
//! baresip        Debian's baresip as a SIP phone without sound card
//! sipp           SIPp with the scenarios in sip/
//! tshark         what Wireshark reads in a capture
//! far_end        our exchange, or libpri (peers/libpri), at the far end of the box's span
//! libpri         libpri again, in front of a near end that the test itself holds
//! junctor_box    junctord under test
//! bench          what the bench programs in src/bin share
//! ```
//!
//! Everything talks on 127.0.0.1 only. The functions are for tests: what goes wrong panics, with the log of the program
//! that caused it in the message.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod audio;
pub mod baresip;
pub mod bench;
pub mod correlation;
pub mod data_call;
pub mod ear;
pub mod far_end;
pub mod g711;
pub mod junctor_box;
pub mod libpri;
pub mod ports;
pub mod process;
pub mod scratch;
pub mod sipp;
pub mod spandsp;
pub mod speech;
pub mod tones;
pub mod transport;
pub mod tshark;

pub use transport::Transport;
