//! The guest's file system: a folder laid out as Debian's, and the archive that the kernel unpacks at boot.
//!
//! Programs of the host go to the same paths in the guest, with every library that `ldd` names; ours go to `/usr/bin`. Debug
//! information is left behind: the guest's memory holds all of this twice for a moment.

use super::programs::Programs;
use super::{HwTestError, io, output_of};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs of the host that tests start or that they start others with: path and Debian package.
const OF_THE_HOST: [(&str, &str); 5] = [
    ("/usr/bin/sipp", "sip-tester"),
    ("/usr/bin/setpriv", "util-linux"),
    ("/usr/bin/chrt", "util-linux"),
    ("/usr/bin/aplay", "alsa-utils"),
    ("/usr/bin/arecord", "alsa-utils"),
];

/// What libasound reads to know its devices; what else is there is for cards that the guest does not have.
const SOUND: (&str, [&str; 3]) = ("/usr/share/alsa", ["alsa.conf", "cards", "pcm"]);

/// DAHDI's tools; what else the package has are scripts for Perl.
const DAHDI_TOOLS: [&str; 6] = ["dahdi_cfg", "dahdi_scan", "dahdi_test", "dahdi_maint", "dahdi_monitor", "fxotune"];

/// Folders that are there from the start.
const FOLDERS: [&str; 13] =
    ["dev", "etc/guest", "host", "proc", "root", "run", "sys", "tmp", "usr/bin", "usr/lib", "usr/lib64", "usr/sbin", "var"];

/// Accounts: root, and one without rights that belongs to group dahdi.
const FILES: [(&str, &str); 4] = [
    ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\njunctor:x:900:901:junctor:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"),
    ("etc/group", "root:x:0:\njunctor:x:900:\ndahdi:x:901:junctor\nnogroup:x:65534:\n"),
    ("etc/hosts", "127.0.0.1 localhost guest\n::1 localhost\n"),
    ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
];

/// Where the guest's files come from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// What `hw-tests/guest/kernel` made.
    pub kernel: &'a Path,
    /// `hw-tests/guest`.
    pub scripts: &'a Path,
    /// `hw-tests`, whose scenarios and recordings the tests look up by the path that they were compiled at.
    pub hw_tests: &'a Path,
    /// What cargo built.
    pub programs: &'a Programs,
}

/// Fills an empty folder.
pub fn fill(root: &Path, sources: &Sources<'_>) -> Result<(), HwTestError> {
    for folder in FOLDERS {
        make(&root.join(folder))?;
    }
    for link in ["bin", "sbin", "lib", "lib64"] {
        symlink(format!("usr/{link}"), root.join(link)).map_err(io(format!("cannot link {link}")))?;
    }
    for (name, text) in FILES {
        fs::write(root.join(name), text).map_err(io(format!("cannot write {name}")))?;
    }
    copy(&sources.scripts.join("init"), &root.join("init"))?;
    for script in ["load-dahdi", "run-tests"] {
        copy(&sources.scripts.join(script), &root.join("etc/guest").join(script))?;
    }
    shell(root)?;
    copy_tree(&sources.kernel.join("lib"), &root.join("usr/lib"))?;
    for data in ["sip", "vectors"] {
        let from = sources.hw_tests.join(data);
        copy_tree(&from, &inside(root, &from))?;
    }
    sound(root)?;
    let terminal = Path::new("/lib/terminfo/l/linux");
    copy(terminal, &inside(root, terminal))?;
    programs(root, sources)
}

/// BusyBox, under the name of each of its applets.
fn shell(root: &Path) -> Result<(), HwTestError> {
    let busybox = Path::new("/bin/busybox");
    need(busybox, "busybox-static")?;
    copy(busybox, &root.join("usr/bin/busybox"))?;
    for applet in output_of(Command::new(busybox).arg("--list"))?.lines().filter(|applet| *applet != "busybox") {
        let link = root.join("usr/bin").join(applet);
        symlink("busybox", &link).map_err(io(format!("cannot link {applet}")))?;
    }
    Ok(())
}

/// libasound's own configuration.
fn sound(root: &Path) -> Result<(), HwTestError> {
    let (folder, parts) = SOUND;
    for part in parts.map(|part| Path::new(folder).join(part)) {
        need(&part, "libasound2-data")?;
        if part.is_dir() {
            copy_tree(&part, &inside(root, &part))?;
        } else {
            copy(&part, &inside(root, &part))?;
        }
    }
    Ok(())
}

fn programs(root: &Path, sources: &Sources<'_>) -> Result<(), HwTestError> {
    let tools = sources.kernel.join("tools/usr");
    let mut files: Vec<(PathBuf, PathBuf)> = vec![(sources.programs.tests.clone(), "usr/bin/dahdi-tests".into())];
    files.extend(sources.programs.ours.iter().map(|(name, file)| (file.clone(), Path::new("usr/bin").join(name))));
    files.extend(DAHDI_TOOLS.iter().map(|name| (tools.join("sbin").join(name), Path::new("usr/sbin").join(name))));
    for (file, package) in OF_THE_HOST {
        need(Path::new(file), package)?;
        files.push((file.into(), file.trim_start_matches('/').into()));
    }
    let unpacked = tools.join("lib/x86_64-linux-gnu");
    for (from, to) in &files {
        let to = root.join(to);
        // It may be there as an applet of BusyBox.
        let _ = fs::remove_file(&to);
        output_of(Command::new("strip").arg("--strip-debug").arg("-o").arg(&to).arg(from))?;
        let linked = output_of(Command::new("ldd").arg(from).env("LD_LIBRARY_PATH", &unpacked))?;
        for library in libraries(&linked).map_err(|what| HwTestError::Missing {
            what: format!("{what} of {}", from.display()),
            cure: "run tools/packages test",
        })? {
            let to = library
                .strip_prefix(&unpacked)
                .map_or_else(|_| inside(root, &library), |name| root.join("usr/lib/x86_64-linux-gnu").join(name));
            if !to.exists() {
                copy(&library, &to)?;
            }
        }
    }
    Ok(())
}

/// The files in what `ldd` prints; the name of a library that it did not find is the error.
pub fn libraries(ldd: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for line in ldd.lines().map(str::trim) {
        let (name, file) = line.split_once(" => ").unwrap_or((line, line));
        if file.starts_with("not found") {
            return Err(name.to_owned());
        }
        // The kernel's own library has no file, and a static program has one line without a path.
        if let Some(path) = file.split(' ').next().filter(|path| path.starts_with('/')) {
            found.push(path.into());
        }
    }
    Ok(found)
}

/// Packs the folder as the archive that the kernel unpacks; everything in it belongs to root.
pub fn pack(root: &Path, archive: &Path) -> Result<(), HwTestError> {
    let script = "set -e; cd \"$1\"; find . -print0 | cpio --null --create --quiet --format=newc --owner=+0:+0 >\"$2\"";
    need(Path::new("/usr/bin/cpio"), "cpio")?;
    output_of(Command::new("sh").args(["-c", script, "sh"]).arg(root).arg(archive)).map(drop)
}

/// The same absolute path in the guest.
fn inside(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn need(file: &Path, package: &str) -> Result<(), HwTestError> {
    let missing =
        || HwTestError::Missing { what: format!("{} of Debian's {package}", file.display()), cure: "run tools/packages test" };
    if file.exists() { Ok(()) } else { Err(missing()) }
}

fn make(folder: &Path) -> Result<(), HwTestError> {
    fs::create_dir_all(folder).map_err(io(format!("cannot make {}", folder.display())))
}

/// Copies a file with its permissions; a link is followed.
fn copy(from: &Path, to: &Path) -> Result<(), HwTestError> {
    if let Some(folder) = to.parent() {
        make(folder)?;
    }
    fs::copy(from, to).map_err(io(format!("cannot copy {} to {}", from.display(), to.display())))?;
    // A library may be read-only: the next run removes the folder all the same, but a second copy would be refused.
    let mode = fs::metadata(to).map_or(0o644, |about| about.permissions().mode());
    fs::set_permissions(to, fs::Permissions::from_mode(mode | 0o200)).map_err(io(format!("cannot change {}", to.display())))
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), HwTestError> {
    make(to)?;
    for entry in fs::read_dir(from).map_err(io(format!("cannot list {}", from.display())))? {
        let entry = entry.map_err(io(format!("cannot list {}", from.display())))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}
