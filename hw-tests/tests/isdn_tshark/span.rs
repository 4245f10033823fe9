//! What a group answers to a far end that names D-channels and whole spans: SERVICE in National ISDN, RESTART in any type.
//!
//! The far end is two bare data links, since no interface says such things.

use crate::group::{TYPES, group};
use crate::tape::Tape;
use isdn::q931::Maintenance;
use isdn::{Framing, Interface, Side, q921};
use std::time::Instant;

/// Octet 3 of a channel identification of a whole span: no channel, an indicated one that is left out, any, the D-channel.
const WHOLE_SPAN: [u8; 4] = [0xe8, 0xe9, 0xeb, 0xed];

struct Line {
    interface: Interface,
    side: Side,
    peers: [q921::Link; 2],
    tape: Tape,
    now: Instant,
}

impl Line {
    /// Frames go both ways until there are no more.
    fn exchange(&mut self) {
        let mut quiet = false;
        while !quiet {
            quiet = true;
            while self.interface.poll_event().is_some() {}
            for (span, peer) in (0..).zip(&mut self.peers) {
                while let Some(frame) = self.interface.poll_transmit_on(span) {
                    quiet = false;
                    self.tape.keep(self.side, frame.clone());
                    peer.handle_frame(self.now, &frame);
                }
                while peer.poll_event().is_some() {}
                while let Some(frame) = peer.poll_transmit() {
                    quiet = false;
                    self.interface.handle_frame_on(self.now, span, &frame);
                }
            }
        }
    }

    /// The far end says this on the D-channel of span 1, which stands by until then and serves from then on.
    fn hear(&mut self, message: &[u8]) {
        self.peers[1].data(self.now, message.to_vec()).unwrap();
        self.exchange();
    }

    /// SERVICE about what the octets name, in service or out of it.
    fn service(&mut self, dialect: Maintenance, status: u8, named: &[u8]) {
        let head = [dialect.discriminator, 2, 0, 0, dialect.service, 0x01, 0x01, status];
        let length = u8::try_from(named.len()).unwrap();
        self.hear(&[head.as_slice(), &[0x18, length], named].concat());
    }

    /// RESTART of class `class` of what the octets name.
    fn restart(&mut self, class: u8, named: &[u8]) {
        let length = u8::try_from(named.len()).unwrap();
        self.hear(&[[0x08, 2, 0, 0, 0x46, 0x18, length].as_slice(), named, &[0x79, 1, class]].concat());
    }
}

/// SERVICE for each D-channel, by its slot and without one; RESTART of each span, in every way to name it, and of channels of other spans.
pub fn named_by_the_far_end(tape: &Tape, framing: Framing, side: Side) {
    for variant in TYPES {
        let other = if side == Side::User { Side::Network } else { Side::User };
        let peer = || q921::Link::new(other, q921::Config::new(other));
        let (interface, now) = (Interface::new(group(side, framing, variant)), Instant::now());
        let mut line = Line { interface, side, peers: [peer(), peer()], tape: tape.clone(), now };
        line.interface.start(now);
        line.exchange();
        assert!(line.interface.d_channels().all(|one| one.link.established == 1));
        if let Some(dialect) = variant.row().maintenance {
            let slot = 0x80 | framing.d_channel();
            for (span, status) in [(0x80, 0xc2), (0x80, 0xc0), (0x81, 0xc0)] {
                line.service(dialect, status, &[0xe9, span, 0x83, slot]);
                WHOLE_SPAN.iter().for_each(|octet| line.service(dialect, status, &[*octet, span]));
            }
        }
        for span in 0x80..=0x82 {
            WHOLE_SPAN.iter().for_each(|octet| line.restart(0x86, &[*octet, span]));
            line.restart(0x80, &[0xe9, span, 0x83, 0x81]);
        }
        line.restart(0x87, &[0xe8, 0x80]);
        // Of a span that is not there: STATUS.
        line.restart(0x86, &[0xe8, 0x89]);
        let stats = line.interface.stats();
        assert_eq!((stats.restarts_received, stats.malformed, stats.messages_not_sent), (17, 0, 0), "{stats:?}");
    }
}
