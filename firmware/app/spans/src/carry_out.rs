//! Each request: which file, which bytes (dahdi-sysfs.c), and what helps when the kernel refuses.
//!
//! DAHDI answers EINVAL to nearly everything it does not like, so after a refusal the device's own files tell the reasons apart.
//! Two stores never fail: `auto_assign` and `master_span` ignore what they cannot do, so it is checked here.

use model::root_request::{Answer, DeviceName, PROTOCOL, Port, Request, SpanKind, SpanNumber};
use nix::errno::Errno;

use crate::refusal::{Refusal, errno, listed};
use crate::sysfs::{Device, Sysfs, WriteFailure};

/// Does what is asked and says what became of it.
pub(crate) fn answer(request: &Request, sysfs: &Sysfs) -> Answer {
    let done = match request {
        Request::Hello {} => {
            return Answer::Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() };
        }
        Request::SetSpanType { device, port, kind } => set_span_type(sysfs, device, *port, *kind),
        Request::AssignSpan { device, port, span, first_channel } => {
            assign_span(sysfs, device, *port, format!("{port}:{span}:{first_channel}\n"))
        }
        Request::AutoAssign { device } => auto_assign(sysfs, device),
        Request::UnassignSpan { device, port } => unassign_span(sysfs, device, *port),
        Request::SetMasterSpan { span } => set_master_span(sysfs, *span),
    };
    done.map_or_else(Answer::from, |()| Answer::Done)
}

fn set_span_type(sysfs: &Sysfs, name: &DeviceName, port: Port, kind: SpanKind) -> Result<(), Refusal> {
    let device = sysfs.device(name)?;
    let kind = kind.dahdi_name();
    device.write_span_type(format!("{port}:{kind}\n")).map_err(|failure| {
        by_port(&failure, &device, name, port, |span| match span {
            Some(span) => format!("port {port} is assigned as span {span}: unassign it first"),
            None => format!("if the span is assigned, unassign it first; else the card's driver cannot make port {port} {kind}"),
        })
    })
}

fn assign_span(sysfs: &Sysfs, name: &DeviceName, port: Port, text: String) -> Result<(), Refusal> {
    let device = sysfs.device(name)?;
    device.write_assign_span(text).map_err(|failure| {
        by_port(&failure, &device, name, port, |span| match span {
            Some(span) => format!("port {port} is assigned as span {span} already: unassign it first"),
            None => "the numbers must be free, and channels must rise with the span numbers without overlapping: \
                     see /proc/dahdi for the spans there are"
                .to_owned(),
        })
    })
}

fn unassign_span(sysfs: &Sysfs, name: &DeviceName, port: Port) -> Result<(), Refusal> {
    let device = sysfs.device(name)?;
    device.write_unassign_span(format!("{port}\n")).map_err(|failure| {
        by_port(&failure, &device, name, port, |span| match span {
            Some(span) => format!("span {span} could not be stopped: see `journalctl -k`"),
            None => format!("port {port} is not assigned: there is nothing to undo"),
        })
    })
}

fn auto_assign(sysfs: &Sysfs, name: &DeviceName) -> Result<(), Refusal> {
    let device = sysfs.device(name)?;
    device.write_auto_assign("1\n".to_owned()).map_err(|failure| failure.refusal())?;
    let assigned = device.assigned();
    let is_left = |port: &u32| !assigned.iter().any(|(other, _)| other == port);
    let left: Vec<u32> = device.ports().into_iter().filter(is_left).collect();
    if left.is_empty() {
        return Ok(());
    }
    let why = format!("the kernel took auto_assign of {name} but left ports {} unassigned", listed(&left));
    Err(Refusal::new(why, "see `journalctl -k` for the reason, and assign these ports by number"))
}

fn set_master_span(sysfs: &Sysfs, span: SpanNumber) -> Result<(), Refusal> {
    let spans = sysfs.spans()?;
    if !spans.contains(&span.get()) {
        let why = format!("there is no span {span} (assigned: {})", listed(&spans));
        return Err(Refusal::new(why, "assign the span first, or name one of these"));
    }
    sysfs.write_master_span(format!("{span}\n")).map_err(|failure| failure.refusal())
}

/// The refusal of a write for one port. `cure` is asked with the port's span, if it has one, when the kernel refused the content.
fn by_port(
    failure: &WriteFailure,
    device: &Device,
    name: &DeviceName,
    port: Port,
    cure: impl FnOnce(Option<u32>) -> String,
) -> Refusal {
    if !matches!(errno(&failure.error), Errno::EINVAL | Errno::EBUSY) {
        return failure.refusal();
    }
    let ports = device.ports();
    if !ports.is_empty() && !ports.contains(&port.get()) {
        return Refusal::new(failure.why(), format!("{name} has the ports {}: name one of these", listed(&ports)));
    }
    let span = device.assigned().into_iter().find_map(|(assigned, span)| (assigned == port.get()).then_some(span));
    Refusal::new(failure.why(), cure(span))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    //! The kernel's EINVAL, told apart by what the device's files say. No file of a test's own tree can refuse with EINVAL.

    use std::fs;
    use std::io;
    use std::path::PathBuf;

    use super::*;

    /// A card with the ports 1 and 2, the second assigned as span 3.
    fn card(test: &str) -> (PathBuf, Device, DeviceName) {
        let root = std::env::temp_dir().join(format!("junctor-spans-{test}-{}", std::process::id()));
        let folder = root.join("bus/dahdi_devices/devices/card");
        fs::create_dir_all(folder.join("span-3")).unwrap();
        fs::write(folder.join("spantype"), "1:E1\n2:E1\n").unwrap();
        fs::write(folder.join("span-3/local_spanno"), "2\n").unwrap();
        let name = DeviceName::try_from("card".to_owned()).unwrap();
        let device = Sysfs::at(&root).device(&name).unwrap();
        (root, device, name)
    }

    fn cure(test: &str, errno: Errno, port: u32) -> Refusal {
        let (root, device, name) = card(test);
        let failure = WriteFailure { path: "/sys/x".into(), text: "2:E1\n".to_owned(), error: io::Error::from(errno) };
        let refusal = by_port(&failure, &device, &name, Port::try_from(port).unwrap(), |span| format!("{span:?}"));
        fs::remove_dir_all(root).unwrap();
        refusal
    }

    #[test]
    fn invalid_for_an_assigned_port_names_its_span() {
        let refusal = cure("assigned", Errno::EINVAL, 2);
        assert_eq!(refusal.cure, "Some(3)");
        assert_eq!(refusal.why, "cannot write \"2:E1\" to /sys/x: Invalid argument (EINVAL, errno 22)");
    }

    #[test]
    fn busy_for_a_free_port_names_no_span() {
        assert_eq!(cure("free", Errno::EBUSY, 1).cure, "None");
    }

    #[test]
    fn invalid_for_a_port_the_card_has_not_names_the_ports() {
        assert_eq!(cure("absent", Errno::EINVAL, 5).cure, "card has the ports 1, 2: name one of these");
    }

    #[test]
    fn other_errors_keep_the_cure_of_their_number() {
        assert!(cure("gone", Errno::ENODEV, 2).cure.starts_with("the device went away"));
    }
}
