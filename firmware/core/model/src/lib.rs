//! What every process of the box shares: settings, their validation, and the words of the control API.
//!
//! [`settings`] is the one configuration document (`junctor.toml`), typed and with a working default for every key.
//! [`settings::read`] parses and validates it whole and names the path of each key that is wrong. [`api`] holds the paths,
//! request, response and event types of the control API; web page, command line and tests have no other vocabulary.
//! [`country`] has the tones of countries.
//!
//! Left out on purpose: meaning that only the routing code can judge (`call::lint` does), and anything about where files lie.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

pub mod api;
pub mod country;
pub mod root_request;
pub mod settings;
