//! The two SIP transports a peer of these tests can use (RFC 3261 18); TLS comes with the secure side.

/// How a SIP peer carries its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// UDP datagrams.
    Udp,
    /// TCP streams.
    Tcp,
}

impl Transport {
    /// The value of a URI's `transport` parameter.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}
