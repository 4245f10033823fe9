//! `[media]`: RTP addresses and ports, jitter buffer, and how the media threads run.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

/// `[media]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// The address that RTP is sent from and that our SDP names.
    pub address: IpAddr,
    /// First RTP port; RTP takes even ports, RTCP the odd port above.
    pub first_port: u16,
    /// Last port of the range.
    pub last_port: u16,
    /// Whether the jitter buffer follows the network.
    pub jitter: Jitter,
    /// Depth of the jitter buffer in milliseconds, 10 to 200: at the start where it is adaptive, always where it is fixed and for data.
    pub jitter_ms: u16,
    /// Differentiated services code point of RTP and RTCP packets (RFC 2474), 0 to 63; 46 is expedited forwarding (RFC 3246).
    pub dscp: u8,
    /// How media threads wait for their descriptors. Absent: io_uring, or epoll where the kernel refuses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poller: Option<Poller>,
    /// The core that the media thread is pinned to, 0 to 1023. Absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core: Option<u16>,
    /// Real-time priority (SCHED_FIFO) of the media thread, 1 to 99; 0 means none.
    pub real_time_priority: u8,
}

/// What sets the depth of the jitter buffer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Jitter {
    /// The network: as deep as its jitter asks for, 10 to 200 ms.
    #[default]
    Adaptive,
    /// `jitter_ms`.
    Fixed,
}

/// How media threads wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Poller {
    /// io_uring, and an error where the kernel refuses it.
    IoUring,
    /// epoll.
    Epoll,
}

impl Default for Media {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            first_port: 40_000,
            last_port: 40_999,
            jitter: Jitter::Adaptive,
            jitter_ms: 40,
            dscp: 46,
            poller: None,
            core: None,
            real_time_priority: 10,
        }
    }
}
