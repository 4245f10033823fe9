//! Licences of others: allowed, not allowed, misstated, corrected.

use crate::fixture::{Fixture, other};

const FILE: &str = "tools/licences.toml";

/// The gateway needs a package with this line in its `[package]`.
fn needing(test: &str, licence: &str) -> Fixture {
    let fixture = Fixture::new(test);
    fixture.other_package("dsp-kit", "1.2.3", licence, "");
    fixture.append("firmware/app/gateway/Cargo.toml", &other("dsp-kit"));
    fixture
}

fn correction(version: &str, more: &str) -> String {
    format!("[[correction]]\ncrate = \"dsp-kit\"\nversion = \"{version}\"\nwhy = \"only a file\"\n{more}\n")
}

#[test]
fn allowed_licence_passes() {
    needing("licence_allowed", "license = \"MIT\"").passes();
}

#[test]
fn licence_not_on_the_list_is_caught() {
    let fixture = needing("licence_gpl", "license = \"GPL-3.0-only\"");
    fixture.caught("licences", "Cargo.lock", "dsp-kit 1.2.3: GPL-3.0-only: GPL-3.0-only not on the allow-list");
}

#[test]
fn one_allowed_side_of_or_is_enough() {
    needing("licence_or", "license = \"LGPL-2.1-or-later OR (GPL-2.0-only AND ISC) OR MIT\"").passes();
}

#[test]
fn both_sides_of_and_are_needed() {
    let fixture = needing("licence_and", "license = \"(MIT OR ISC) AND LGPL-2.1-only\"");
    fixture.caught("licences", "Cargo.lock", "LGPL-2.1-only not on the allow-list");
}

#[test]
fn old_slash_means_or() {
    needing("licence_slash", "license = \"GPL-2.0/MIT\"").passes();
}

#[test]
fn exception_is_part_of_the_name() {
    let fixture = needing("licence_with", "license = \"Apache-2.0 WITH LLVM-exception\"");
    fixture.caught("licences", "Cargo.lock", "Apache-2.0 WITH LLVM-exception not on the allow-list");
}

#[test]
fn expression_that_is_none_is_caught() {
    let fixture = needing("licence_nonsense", "license = \"free as in beer\"");
    fixture.caught("licences", "Cargo.lock", "dsp-kit 1.2.3: \"free as in beer\"");
}

#[test]
fn package_without_licence_is_caught() {
    let fixture = needing("licence_none", "license-file = \"COPYING\"");
    fixture.caught("licences", "Cargo.lock", "dsp-kit 1.2.3: states no licence");
}

#[test]
fn tests_and_tools_are_looked_at_too() {
    let fixture = Fixture::new("licence_dev");
    fixture.other_package("checker", "0.1.0", "license = \"AGPL-3.0-only\"", "");
    fixture.append("firmware/core/sip/Cargo.toml", &format!("\n[dev-dependencies]\n{}", other("checker")));
    fixture.caught("licences", "Cargo.lock", "checker 0.1.0: AGPL-3.0-only");
}

#[test]
fn optional_features_are_looked_at_too() {
    let fixture = Fixture::new("licence_optional");
    fixture.other_package("old-tls", "0.1.0", "license = \"GPL-2.0-only\"", "");
    let line = "old-tls = { path = \"../../../.others/old-tls\", optional = true }\n";
    fixture.append("firmware/app/gateway/Cargo.toml", line);
    fixture.caught("licences", "Cargo.lock", "old-tls 0.1.0: GPL-2.0-only");
}

#[test]
fn correction_with_a_file_that_was_read_passes() {
    let fixture = needing("correction_read", "license-file = \"COPYING\"");
    fixture
        .write(".others/dsp-kit/COPYING", "MIT License")
        .append(FILE, &correction("1.2.3", "licence = \"MIT\"\nread = [\"COPYING\"]"));
    fixture.passes();
}

#[test]
fn correction_makes_a_licence_stricter() {
    let fixture = needing("correction_stricter", "license = \"MIT\"");
    fixture.write(".others/dsp-kit/COPYING", "LGPL");
    fixture.append(FILE, &correction("1.2.3", "licence = \"MIT AND LGPL-2.1-only\"\nread = [\"COPYING\"]"));
    fixture.caught("licences", "Cargo.lock", "MIT AND LGPL-2.1-only: LGPL-2.1-only not on the allow-list");
}

#[test]
fn correction_of_another_version_is_caught() {
    let fixture = needing("correction_version", "license = \"MIT\"");
    fixture.append(FILE, &correction("1.2.2", "licence = \"MIT\"\nread = [\"COPYING\"]"));
    fixture.caught("licences", FILE, "dsp-kit was read at 1.2.2, the graph has 1.2.3");
}

#[test]
fn correction_of_a_file_that_is_not_there_is_caught() {
    let fixture = needing("correction_file", "license = \"MIT\"");
    fixture.append(FILE, &correction("1.2.3", "licence = \"MIT\"\nread = [\"LICENSE\"]"));
    fixture.caught("licences", FILE, "dsp-kit 1.2.3 has no file LICENSE");
}

#[test]
fn correction_without_a_file_is_caught() {
    let fixture = needing("correction_no_file", "license = \"MIT\"");
    fixture.append(FILE, &correction("1.2.3", "licence = \"MIT\"\nread = []"));
    fixture.caught("licences", FILE, "names the files read");
}

#[test]
fn correction_ahead_of_the_crate_passes() {
    let fixture = Fixture::new("correction_ahead");
    fixture.append(FILE, &correction("0.2.4", "licence = \"LGPL-2.1-only\"\nread = [\"COPYING\"]")).passes();
}

#[test]
fn licence_accepted_by_a_decision_passes() {
    let fixture = needing("accepted", "license = \"MIT\"");
    let more = "licence = \"MIT AND LGPL-2.1-only\"\nread = [\"COPYING\"]\naccepts = [\"LGPL-2.1-only\"]\ndecision = \"firmware/docs/1.md\"";
    fixture.write(".others/dsp-kit/COPYING", "LGPL").write("firmware/docs/1.md", "").append(FILE, &correction("1.2.3", more));
    fixture.passes();
}

#[test]
fn accepting_without_a_decision_is_caught() {
    let fixture = needing("accepted_without", "license = \"MIT\"");
    let more = "licence = \"MIT AND LGPL-2.1-only\"\nread = [\"COPYING\"]\naccepts = [\"LGPL-2.1-only\"]\ndecision = \"firmware/docs/1.md\"";
    fixture.write(".others/dsp-kit/COPYING", "LGPL").append(FILE, &correction("1.2.3", more));
    fixture.caught("licences", FILE, "needs a decision record that exists (firmware/docs/1.md)");
}

#[test]
fn missing_list_is_caught() {
    let fixture = Fixture::new("licence_list");
    fixture.remove(FILE).caught("licences", FILE, "is missing");
}

#[test]
fn unknown_key_in_the_list_is_caught() {
    let fixture = Fixture::new("licence_key");
    fixture.append(FILE, &correction("1.2.3", "licence = \"MIT\"\nread = [\"A\"]\nexcuse = \"\""));
    fixture.caught("licences", FILE, "unknown field `excuse`");
}
