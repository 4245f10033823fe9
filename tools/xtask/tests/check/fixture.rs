//! A small clean workspace in a folder of its own, which a test then breaks in one place.
//!
//! It is a real workspace: cargo resolves it (offline), so the rules see what they see in the project. Packages of others
//! lie in `.others/`, outside the workspace.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use xtask::Tree;
use xtask::check::{self, Report, Severity};

const CORE_LIBRARY: &str = "//! A library of the fixture, clean.\n#![forbid(unsafe_code)]\n\
    #![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]\n";
const LIBRARY: &str = "//! A library of the fixture, clean.\n";
const LICENCES: &str = "allowed = [\"MIT\", \"Apache-2.0\"]\n";
const ROOT: &str = "[workspace]\nresolver = \"3\"\n\
    members = [\"firmware/core/*\", \"firmware/sys/*\", \"firmware/app/*\", \"hw-tests\", \"tools/*\"]\nexclude = [\".others\"]\n\n[workspace.lints.rust]\nunsafe_code = \"deny\"\n";

/// Folder, and the crates of the fixture that it needs.
const CRATES: [(&str, &[&str]); 13] = [
    ("firmware/core/sansio", &[]),
    ("firmware/core/model", &[]),
    ("firmware/core/isdn", &["core/sansio"]),
    ("firmware/core/sip", &["core/sansio"]),
    ("firmware/core/media", &["core/sansio"]),
    ("firmware/core/call", &["core/isdn", "core/sip", "core/media", "core/sansio", "core/model"]),
    ("firmware/sys/tdm", &[]),
    ("firmware/app/client", &["core/model"]),
    ("firmware/app/gateway", &["core/call", "sys/tdm"]),
    ("firmware/app/web", &["app/client", "core/model"]),
    ("firmware/app/updater", &["app/client"]),
    ("hw-tests", &["app/client", "sys/tdm"]),
    ("tools/xtask", &[]),
];

pub(crate) struct Fixture {
    root: PathBuf,
}

/// A manifest of ours; `tail` is what stands in and after its `[dependencies]`.
pub(crate) fn manifest(name: &str, tail: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlicense = \"MIT OR Apache-2.0\"\npublish = false\n\n\
         [lints]\nworkspace = true\n\n[dependencies]\n{tail}"
    )
}

/// A line of `[dependencies]` for a crate of the fixture, as in `core/sip`.
pub(crate) fn ours(part: &str) -> String {
    let name = part.rsplit('/').next().unwrap();
    format!("{name} = {{ path = \"../../../firmware/{part}\" }}\n")
}

/// A line of `[dependencies]` for a package of others.
pub(crate) fn other(name: &str) -> String {
    format!("{name} = {{ path = \"../../../.others/{name}\" }}\n")
}

impl Fixture {
    /// The clean workspace. `name` must be the test's own: tests run at the same time.
    pub(crate) fn new(name: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check").join(name);
        let _ = fs::remove_dir_all(&root);
        let fixture = Self { root };
        fixture.write("Cargo.toml", ROOT).write("README.md", "").write("LICENSE-MIT", "").write("LICENSE-APACHE", "");
        fixture.write("board/readme.txt", "").write("yocto-layer/readme.txt", "");
        fixture.write("tools/licences.toml", LICENCES).write(".gitignore", "/target\n");
        for (folder, needs) in CRATES {
            let name = folder.rsplit('/').next().unwrap();
            let depth = "../".repeat(folder.matches('/').count() + 1);
            let line = |part: &&str| {
                let name = part.rsplit('/').next().unwrap();
                format!("{name} = {{ path = \"{depth}firmware/{part}\" }}\n")
            };
            fixture.write(&format!("{folder}/Cargo.toml"), &manifest(name, &needs.iter().map(line).collect::<String>()));
            let library = if folder.starts_with("firmware/core/") { CORE_LIBRARY } else { LIBRARY };
            fixture.write(&format!("{folder}/src/lib.rs"), library);
        }
        fixture
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn append(&self, path: &str, text: &str) -> &Self {
        let before = fs::read_to_string(self.root.join(path)).unwrap();
        self.write(path, &(before + text))
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.root.join(path)).unwrap();
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// A package of others. `licence` is a line of its `[package]`, `tail` what follows `[dependencies]`.
    pub(crate) fn other_package(&self, name: &str, version: &str, licence: &str, tail: &str) -> &Self {
        let text = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2024\"\n{licence}\n\n[dependencies]\n{tail}"
        );
        self.write(&format!(".others/{name}/Cargo.toml"), &text).write(&format!(".others/{name}/src/lib.rs"), "")
    }

    pub(crate) fn tree(&self) -> Tree {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let lock = Command::new(cargo).current_dir(&self.root).args(["generate-lockfile", "--offline"]).output().unwrap();
        assert!(lock.status.success(), "{}", String::from_utf8_lossy(&lock.stderr));
        Tree::load(&self.root).unwrap()
    }

    pub(crate) fn check(&self) -> Report {
        check::run(&self.tree()).unwrap()
    }

    /// Nothing is found.
    #[track_caller]
    pub(crate) fn passes(&self) {
        let report = self.check();
        assert!(report.findings.is_empty(), "{report}");
    }

    /// Exactly one error is found: this rule, this place, these words.
    #[track_caller]
    pub(crate) fn caught(&self, rule: &str, place: &str, words: &str) {
        let report = self.check();
        let [finding] = report.findings.as_slice() else { panic!("expected one finding:\n{report}") };
        let as_expected = finding.severity == Severity::Error
            && finding.rule == rule
            && finding.place == place
            && finding.message.contains(words);
        assert!(as_expected, "expected {place} [{rule}] {words}, found:\n{report}");
        assert!(!report.clean());
    }
}
