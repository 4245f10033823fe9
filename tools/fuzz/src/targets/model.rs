//! The configuration document, as an administrator or a program sends it.

use model::settings::{Severity, read};

/// A document is either usable or says what is wrong; a usable one is written and read to the same.
pub(super) fn configuration(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let reading = read(text);
    let wrong = reading.problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(reading.settings.is_none(), wrong, "refused without an error, or used with one: {:?}", reading.problems);
    let Some(settings) = reading.settings else { return false };
    let written = match toml::to_string(&settings) {
        Ok(written) => written,
        Err(error) => panic!("settings that were read cannot be written: {error}"),
    };
    assert_eq!(read(&written).settings.as_ref(), Some(&settings), "written:\n{written}");
    true
}
