//! Packages that may not come near what is shipped, each with the reason, and features that must stay off.
//!
//! Looked at is what `firmware/` needs at run time and at build time, not its tests: a stranger that only a test uses is
//! welcome. The finding names the way by which the package came in.

use super::finding::Finding;
use super::workspace::{Crate, Graph, Kind, Workspace};
use std::collections::{HashMap, VecDeque};

const RULE: &str = "bans";

struct Ban {
    packages: &'static [&'static str],
    /// The part of `firmware/` that it guards, by folder.
    guards: &'static str,
    /// Crates of that part that may have it all the same.
    except: &'static [&'static str],
    why: &'static str,
}

const BANS: [Ban; 6] = [
    Ban {
        packages: &["openssl-sys", "native-tls"],
        guards: "firmware/",
        except: &[],
        why: "TLS is rustls; OpenSSL comes only with the feature legacy-tls, which is off by default",
    },
    Ban {
        packages: &["aws-lc-rs", "aws-lc-sys"],
        guards: "firmware/",
        except: &["updater"],
        why: "rustls panics with two crypto providers in one program, and ring is ours",
    },
    Ban {
        packages: &["rsip", "rsipstack"],
        guards: "firmware/",
        except: &[],
        why: "they reject messages that must be accepted and log raw ones; rsip is an oracle for tests only",
    },
    Ban {
        packages: &["webrtc-srtp"],
        guards: "firmware/",
        except: &["gateway"],
        why: "it allocates for each packet and links tokio; it stands in for core/media/srtp in the gateway only",
    },
    Ban {
        packages: &[
            "async-std",
            "chrono",
            "fastrand",
            "getrandom",
            "io-uring",
            "libc",
            "mio",
            "nix",
            "parking_lot",
            "quanta",
            "rand",
            "rustix",
            "smol",
            "socket2",
            "time",
            "tokio",
        ],
        guards: "firmware/core/",
        except: &[],
        why: "core is pure: no clock, no randomness of its own, no input or output, no threads",
    },
    Ban {
        packages: &["async-std", "futures-executor", "smol", "tokio"],
        guards: "firmware/sys/",
        except: &[],
        why: "sys is never async: the processes in app decide how to wait",
    },
];

/// Feature of a package that must be off, wherever it is needed.
const OFF: [(&str, &str, &str); 1] =
    [("spandsp-sys", "v150", "it compiles sources under GPL-2.0-only into the library, see decision 0001")];

/// The graph against the lists.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings: Vec<_> = BANS.iter().flat_map(|ban| check_ban(workspace, ban)).collect();
    for (package, feature, why) in OFF {
        findings.extend(check_feature(workspace, package, feature, why));
    }
    findings
}

fn check_ban(workspace: &Workspace, ban: &Ban) -> Vec<Finding> {
    let guarded = workspace.crates.iter().filter(|package| package.folder.starts_with(ban.guards));
    guarded
        .filter(|package| !ban.except.contains(&package.name.as_str()))
        .flat_map(|package| {
            let ways = ways(&workspace.graph, package, ban.packages);
            let found = move |way: Vec<&str>| {
                let message = format!("{}: {}", way.join(" > "), ban.why);
                Finding::error(RULE, package.manifest(), message)
            };
            ways.into_iter().map(found).collect::<Vec<_>>()
        })
        .collect()
}

/// The shortest way from a crate of ours to each wanted package, through packages of others only: what comes in by another
/// crate of ours is that crate's finding. What runs inside the compiler is not in our programs.
fn ways<'a>(graph: &'a Graph, from: &Crate, wanted: &[&str]) -> Vec<Vec<&'a str>> {
    let Some(start) = graph.packages.iter().position(|package| package.ours && package.name == from.name) else {
        return Vec::new();
    };
    let mut came_from: HashMap<usize, Option<usize>> = HashMap::from([(start, None)]);
    let mut queue = VecDeque::from([start]);
    let mut found = Vec::new();
    while let Some(at) = queue.pop_front() {
        for (to, kind) in &graph.packages[at].needs {
            let package = &graph.packages[*to];
            // Build scripts of others run on the machine that builds; our own are looked at.
            let outside = *kind == Kind::Test || package.ours || package.compiler_plugin || (*kind == Kind::Build && at != start);
            if outside || came_from.contains_key(to) {
                continue;
            }
            came_from.insert(*to, Some(at));
            queue.push_back(*to);
            if wanted.contains(&package.name.as_str()) {
                found.push(*to);
            }
        }
    }
    let way_to = |end| {
        let mut way: Vec<_> = std::iter::successors(Some(end), |at| came_from.get(at).copied().flatten()).collect();
        way.reverse();
        way.into_iter().map(|at| graph.packages[at].name.as_str()).collect()
    };
    found.into_iter().map(way_to).collect()
}

/// Off in the resolved graph with every feature of ours on, and named by none of our manifests.
fn check_feature(workspace: &Workspace, package: &str, feature: &str, why: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let resolved = workspace.everything.packages.iter().filter(|resolved| resolved.name == package);
    for resolved in resolved.filter(|resolved| resolved.features.iter().any(|on| on == feature)) {
        let message = format!("feature {feature} of {} {} is on: {why}", resolved.name, resolved.version);
        findings.push(Finding::error(RULE, "Cargo.lock", message));
    }
    let switches = [format!("{package}/{feature}"), format!("{package}?/{feature}")];
    for ours in &workspace.crates {
        let asked = ours
            .dependencies
            .iter()
            .any(|dependency| dependency.name == package && dependency.features.iter().any(|asked| asked == feature));
        let switched = ours.features.values().flatten().any(|on| switches.contains(on));
        if asked || switched {
            let message = format!("asks for feature {feature} of {package}: {why}");
            findings.push(Finding::error(RULE, ours.manifest(), message));
        }
    }
    findings
}
