//! Packages and features that may not come near what is shipped.

use crate::fixture::{Fixture, other};

const MIT: &str = "license = \"MIT\"";

#[test]
fn banned_package_behind_another_is_caught_with_the_way() {
    let fixture = Fixture::new("ban_way");
    fixture.other_package("openssl-sys", "0.9.1", MIT, "");
    fixture.other_package("web-kit", "1.0.0", MIT, "openssl-sys = { path = \"../openssl-sys\" }\n");
    fixture.append("firmware/app/web/Cargo.toml", &other("web-kit"));
    fixture.caught("bans", "firmware/app/web/Cargo.toml", "web > web-kit > openssl-sys: TLS is rustls");
}

#[test]
fn exception_holds_for_its_crate_only() {
    let fixture = Fixture::new("ban_except");
    fixture.other_package("aws-lc-rs", "1.0.0", MIT, "");
    fixture.append("firmware/app/updater/Cargo.toml", &other("aws-lc-rs")).passes();
    fixture.append("firmware/app/gateway/Cargo.toml", &other("aws-lc-rs"));
    fixture.caught("bans", "firmware/app/gateway/Cargo.toml", "gateway > aws-lc-rs: rustls panics");
}

#[test]
fn banned_package_behind_a_feature_that_is_off_passes() {
    let fixture = Fixture::new("ban_feature_off");
    fixture.other_package("openssl-sys", "0.9.1", MIT, "");
    let line = "openssl-sys = { path = \"../../../.others/openssl-sys\", optional = true }\n\n[features]\nlegacy-tls = [\"dep:openssl-sys\"]\n";
    fixture.append("firmware/app/gateway/Cargo.toml", line).passes();
    fixture.append("firmware/app/gateway/Cargo.toml", "default = [\"legacy-tls\"]\n");
    fixture.caught("bans", "firmware/app/gateway/Cargo.toml", "gateway > openssl-sys: TLS is rustls");
}

#[test]
fn oracle_in_tests_passes_and_in_the_program_is_caught() {
    let fixture = Fixture::new("ban_rsip");
    fixture.other_package("rsip", "0.4.0", MIT, "");
    let manifest = fixture.read("firmware/core/sip/Cargo.toml");
    fixture.append("firmware/core/sip/Cargo.toml", &format!("\n[dev-dependencies]\n{}", other("rsip"))).passes();
    fixture.write("firmware/core/sip/Cargo.toml", &(manifest + &other("rsip")));
    fixture.caught("bans", "firmware/core/sip/Cargo.toml", "sip > rsip");
}

#[test]
fn clock_or_randomness_in_core_is_caught() {
    let fixture = Fixture::new("ban_getrandom");
    fixture.other_package("getrandom", "0.3.0", MIT, "");
    fixture.other_package("dice", "1.0.0", MIT, "getrandom = { path = \"../getrandom\" }\n");
    fixture.append("firmware/core/isdn/Cargo.toml", &other("dice"));
    fixture.caught("bans", "firmware/core/isdn/Cargo.toml", "isdn > dice > getrandom: core is pure");
}

#[test]
fn same_package_in_app_passes() {
    let fixture = Fixture::new("ban_app");
    fixture.other_package("getrandom", "0.3.0", MIT, "");
    fixture.append("firmware/app/gateway/Cargo.toml", &other("getrandom")).passes();
}

#[test]
fn what_runs_in_the_compiler_is_not_in_core() {
    let fixture = Fixture::new("ban_macro");
    fixture.other_package("libc", "0.2.0", MIT, "");
    fixture.other_package("derive", "1.0.0", MIT, "libc = { path = \"../libc\" }\n\n[lib]\nproc-macro = true\n");
    fixture.append("firmware/core/isdn/Cargo.toml", &other("derive")).passes();
}

#[test]
fn async_in_sys_is_caught() {
    let fixture = Fixture::new("ban_async");
    fixture.other_package("tokio", "1.0.0", MIT, "");
    fixture.append("firmware/sys/tdm/Cargo.toml", &other("tokio"));
    fixture.caught("bans", "firmware/sys/tdm/Cargo.toml", "tdm > tokio: sys is never async");
}

#[test]
fn tools_are_not_shipped() {
    let fixture = Fixture::new("ban_tools");
    fixture.other_package("openssl-sys", "0.9.1", MIT, "");
    fixture.append("tools/xtask/Cargo.toml", "openssl-sys = { path = \"../../.others/openssl-sys\" }\n").passes();
}

/// spandsp-sys with its features, needed by a package of others that a line of the test configures.
fn spandsp(test: &str, between: &str, gateway: &str) -> Fixture {
    let fixture = Fixture::new(test);
    fixture.other_package("spandsp-sys", "0.2.4", MIT, "\n[features]\nv150 = []\n");
    fixture.other_package("fax-kit", "1.0.0", MIT, between);
    fixture.append("firmware/app/gateway/Cargo.toml", gateway);
    fixture
}

#[test]
fn feature_on_in_the_graph_is_caught() {
    let between = "spandsp-sys = { path = \"../spandsp-sys\", features = [\"v150\"] }\n";
    let fixture = spandsp("v150_on", between, &other("fax-kit"));
    fixture.caught("bans", "Cargo.lock", "feature v150 of spandsp-sys 0.2.4 is on");
}

#[test]
fn feature_off_passes() {
    spandsp("v150_off", "spandsp-sys = { path = \"../spandsp-sys\" }\n", &other("fax-kit")).passes();
}

#[test]
fn feature_that_ours_could_switch_on_is_caught() {
    let gateway = "spandsp-sys = { path = \"../../../.others/spandsp-sys\" }\n\n[features]\nmodem = [\"spandsp-sys/v150\"]\n";
    let report = spandsp("v150_possible", "", gateway).check().to_string();
    assert!(report.contains("firmware/app/gateway/Cargo.toml: error[bans]: asks for feature v150 of spandsp-sys"), "{report}");
    assert!(report.contains("Cargo.lock: error[bans]: feature v150 of spandsp-sys 0.2.4 is on"), "{report}");
}
