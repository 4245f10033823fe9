//! The import table, broken once a row.

use crate::fixture::{Fixture, manifest, ours};

fn with_import(test: &str, folder: &str, part: &str) -> Fixture {
    let fixture = Fixture::new(test);
    fixture.append(&format!("{folder}/Cargo.toml"), &ours(part));
    fixture
}

#[test]
fn protocol_importing_its_sibling_is_caught() {
    let fixture = with_import("protocol_sibling", "firmware/core/sip", "core/isdn");
    fixture.caught("imports", "firmware/core/sip/Cargo.toml", "sip may not import isdn (it may import sansio)");
}

#[test]
fn core_importing_sys_is_caught() {
    let fixture = with_import("core_sys", "firmware/core/call", "sys/tdm");
    fixture.caught("imports", "firmware/core/call/Cargo.toml", "call may not import tdm");
}

#[test]
fn core_importing_app_is_caught() {
    let fixture = with_import("core_app", "firmware/core/call", "app/client");
    fixture.caught("imports", "firmware/core/call/Cargo.toml", "call may not import client");
}

#[test]
fn model_importing_any_of_ours_is_caught() {
    let fixture = with_import("model_any", "firmware/core/model", "core/sansio");
    fixture.caught("imports", "firmware/core/model/Cargo.toml", "model may not import sansio (it may import none of ours)");
}

#[test]
fn sys_importing_core_is_caught() {
    let fixture = with_import("sys_core", "firmware/sys/tdm", "core/sansio");
    fixture.caught("imports", "firmware/sys/tdm/Cargo.toml", "tdm may not import sansio (it may import ring)");
}

#[test]
fn client_importing_a_protocol_is_caught() {
    let fixture = with_import("client_protocol", "firmware/app/client", "core/sip");
    fixture.caught("imports", "firmware/app/client/Cargo.toml", "client may not import sip (it may import model)");
}

#[test]
fn web_importing_a_protocol_is_caught() {
    let fixture = with_import("web_protocol", "firmware/app/web", "core/sip");
    fixture.caught("imports", "firmware/app/web/Cargo.toml", "web may not import sip (it may import client, model)");
}

#[test]
fn app_importing_app_is_caught() {
    let fixture = with_import("app_app", "firmware/app/web", "app/gateway");
    fixture.caught("imports", "firmware/app/web/Cargo.toml", "web may not import gateway");
}

#[test]
fn gateway_importing_client_is_caught_outside_its_tests() {
    let fixture = with_import("gateway_client", "firmware/app/gateway", "app/client");
    fixture.caught("imports", "firmware/app/gateway/Cargo.toml", "gateway may not import client (it may import core/*, sys/*)");
}

#[test]
fn gateway_importing_client_in_its_tests_passes() {
    let fixture = Fixture::new("gateway_client_tests");
    fixture.append("firmware/app/gateway/Cargo.toml", &format!("\n[dev-dependencies]\n{}", ours("app/client")));
    fixture.passes();
}

#[test]
fn test_dependency_on_a_sibling_is_caught() {
    let fixture = Fixture::new("test_sibling");
    fixture.append("firmware/core/sip/Cargo.toml", &format!("\n[dev-dependencies]\n{}", ours("core/media")));
    fixture.caught("imports", "firmware/core/sip/Cargo.toml", "sip may not import media");
}

#[test]
fn build_dependency_on_a_sibling_is_caught() {
    let fixture = Fixture::new("build_sibling");
    fixture.append("firmware/core/sip/Cargo.toml", &format!("\n[build-dependencies]\n{}", ours("core/model")));
    fixture.caught("imports", "firmware/core/sip/Cargo.toml", "sip may not import model");
}

#[test]
fn optional_dependency_counts_too() {
    let fixture = Fixture::new("optional_sibling");
    let line = "isdn = { path = \"../isdn\", optional = true }\n";
    fixture.append("firmware/core/sip/Cargo.toml", line);
    fixture.caught("imports", "firmware/core/sip/Cargo.toml", "sip may not import isdn");
}

#[test]
fn xtask_importing_any_of_ours_is_caught() {
    let fixture = Fixture::new("xtask_any");
    fixture.append("tools/xtask/Cargo.toml", "model = { path = \"../../firmware/core/model\" }\n");
    fixture.caught("imports", "tools/xtask/Cargo.toml", "xtask may not import model (it may import none of ours)");
}

#[test]
fn importing_a_tool_is_caught() {
    let fixture = Fixture::new("importing_tool");
    fixture.append("hw-tests/Cargo.toml", "xtask = { path = \"../tools/xtask\" }\n");
    fixture.caught("imports", "hw-tests/Cargo.toml", "hw-tests may not import xtask");
}

#[test]
fn crate_without_a_row_is_caught() {
    let fixture = Fixture::new("no_row");
    fixture.write("firmware/core/common/Cargo.toml", &manifest("common", ""));
    fixture.write("firmware/core/common/src/lib.rs", &fixture.read("firmware/core/model/src/lib.rs"));
    fixture.caught("imports", "firmware/core/common/Cargo.toml", "common has no row in the import table");
}

#[test]
fn renamed_crate_of_ours_is_caught() {
    let fixture = Fixture::new("renamed");
    let text = fixture.read("firmware/core/call/Cargo.toml").replace("sip = {", "words = { package = \"sip\",");
    fixture.write("firmware/core/call/Cargo.toml", &text);
    fixture.caught("imports", "firmware/core/call/Cargo.toml", "sip is renamed to words");
}
