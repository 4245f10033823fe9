//! [`configure`]: makes a span what it is to be, without `dahdi_cfg`, and undoes it. Kernel interface: the ioctls of `/dev/dahdi/ctl`
//! in `dahdi-base.c` and `dahdi_dynamic.c`.
//!
//! In this order: look at the settings (`settings`) and the modules (`kernel`), find the span (`place`; a dynamic one is created),
//! look whether it may be had (`checks`), then SPANCONFIG, CHANCONFIG and the echo canceller for each channel, the tone zone,
//! STARTUP. What is wanted in the kernel's words is in `words`. Every request names this one span or a channel of it, so that no other
//! is touched; what belongs to the whole system (default tone zone, dial parameters, master span) is left alone.
//!
//! [`Configured`] keeps what was done and undoes it when dropped, after a failure in the middle as well as at the end: cancellers off,
//! signalling off, SHUTDOWN, DYNAMIC_DESTROY. One thing survives a failure: a dynamic span that has no number yet, since it must be
//! there to be given one ([`super::refused::Ask`]); the next try takes it over.
//!
//! A span that somebody uses is refused. One that is configured just as it is to be, with no channel open, is taken over: that is what
//! a junctord that was killed leaves behind, and nobody can tell it from another program's work.

mod checks;
mod explain;
mod kernel;
mod occupants;
mod place;
mod settings;
mod words;

use std::ffi::c_int;
use std::io;
use std::sync::Arc;

use super::config::{ChannelConfig, ChannelKind, Place, SpanConfig};
use super::detect::{self, Found};
use super::ioctl::{AttachEchocan, ChanConfig, DynamicSpan, LineConfig, Request, SpanStat, Text, value};
use super::refused::Refused;
use super::system::{DahdiFile, DahdiSys};
use super::tone_zone;

/// Everything is configured through this device.
const CTL: &str = "/dev/dahdi/ctl";

/// A configured span. Dropping it undoes the configuration: close its channels first.
pub struct Configured {
    /// The span's number in the kernel.
    pub spanno: i32,
    /// Its channels that are configured: timeslot and number in the kernel, in the order of the configuration.
    pub channels: Vec<(u8, c_int)>,
    /// Number of the tone zone its ports should take (`DAHDI_SETTONEZONE`); `None` when none was asked for.
    pub tone_zone: Option<c_int>,
    name: String,
    ctl: Box<dyn DahdiFile>,
    /// Name and place of the span in the kernel: its number may be another span's by the time it is undone.
    identity: Option<(String, String)>,
    /// The dynamic span we created, or took over as if we had.
    created: Option<DynamicSpan>,
    /// A dynamic span that was there and has still to be looked at.
    adopting: Option<DynamicSpan>,
    /// Channels with signalling, and whether the card does their HDLC.
    signalling: Vec<(c_int, bool)>,
    cancellers: Vec<c_int>,
    started: bool,
}

/// Configures the span of `config`. May take long on a card.
///
/// # Errors
/// What was refused, by the kernel or by what could be seen before, and the cure; everything done is undone. `missing` is set when the
/// device is not there (yet).
pub fn configure(sys: &Arc<dyn DahdiSys>, config: &SpanConfig) -> Result<Configured, Refused> {
    let sys = &**sys;
    settings::check(config)?;
    let ctl = kernel::open(sys, config)?;
    let mut configured = Configured {
        spanno: 0,
        channels: Vec::new(),
        tone_zone: None,
        name: config.name.clone(),
        ctl,
        identity: None,
        created: None,
        adopting: None,
        signalling: Vec::new(),
        cancellers: Vec::new(),
        started: false,
    };
    let found = match &config.place {
        Place::Hardware(id) => place::hardware(sys, config, id)?,
        Place::Dynamic { driver, address, channels, timing } => {
            let wanted = place::wanted(config, driver, address, *channels, *timing)?;
            place::dynamic(sys, config, &mut configured, wanted)?
        }
    };
    configured.carry_out(sys, config, &found)?;
    tracing::info!("dahdi[{}]{{configuring}}: {} -> span {} runs", config.name, found.id, configured.spanno);
    Ok(configured)
}

impl Configured {
    fn carry_out(&mut self, sys: &dyn DahdiSys, config: &SpanConfig, found: &Found) -> Result<(), Refused> {
        self.spanno = found.span.unwrap_or_default();
        let channels = checks::channels(config, found)?;
        let stat =
            self.stat().map_err(|error| Refused::of(&config.name, &format!("read the state of span {}", self.spanno), error))?;
        let left_over = checks::span(sys, &*self.ctl, config, found, &stat)?;
        self.identity = Some((stat.name.text(), stat.location.text()));
        self.created = self.created.or(self.adopting);
        if left_over {
            tracing::warn!(
                "dahdi[{}]{{configuring}}: span {} is configured as wanted and nobody uses it -> taken over",
                config.name,
                self.spanno
            );
            self.started = true;
            self.request(config, "take over the span", Request::Shutdown(self.spanno))?;
            self.started = false;
        }
        self.configure_line(config)?;
        for (channel, channo) in &channels {
            self.configure_channel(config, channel, *channo)?;
        }
        self.look_at_canceller(sys, config)?;
        self.channels = channels.iter().map(|(channel, channo)| (channel.slot, *channo)).collect();
        self.load_tones(sys, config)?;
        self.started = true;
        self.request(config, "start the span", Request::Startup(self.spanno))
    }

    fn stat(&self) -> io::Result<SpanStat> {
        let mut stat = SpanStat { spanno: self.spanno, ..SpanStat::default() };
        self.ctl.ioctl(Request::SpanStat(&mut stat))?;
        Ok(stat)
    }

    fn request(&self, config: &SpanConfig, doing: &str, request: Request<'_>) -> Result<(), Refused> {
        let doing = format!("{doing} (span {})", self.spanno);
        self.ctl.ioctl(request).map_err(|error| Refused::of(&config.name, &doing, error))
    }

    fn configure_line(&self, config: &SpanConfig) -> Result<(), Refused> {
        let Some(lineconfig) = words::line(config) else { return Ok(()) };
        let line = LineConfig {
            span: self.spanno,
            name: Text::default(),
            lbo: config.line_build_out.into(),
            lineconfig,
            sync: config.clock_priority.into(),
        };
        self.request(config, "configure the line", Request::SpanConfig(&line))
    }

    fn configure_channel(&mut self, config: &SpanConfig, channel: &ChannelConfig, channo: c_int) -> Result<(), Refused> {
        let mut request = ChanConfig {
            chan: channo,
            sigtype: words::signalling(channel.kind),
            deflaw: words::law(config.law),
            master: channo,
            idlebits: words::idle_bits(channel.kind),
            ..ChanConfig::default()
        };
        // A driver may refuse after the kernel has taken the signalling: it is taken back in any case.
        self.signalling.push((channo, matches!(channel.kind, ChannelKind::D { hardware_hdlc: true })));
        self.ctl.ioctl(Request::ChanConfig(&mut request)).map_err(|error| {
            let doing = format!("configure {} (channel {channo})", words::place(config, channel));
            explain::channel(&*self.ctl, channel, channo, Refused::of(&config.name, &doing, error))
        })?;
        let Some(echo) = config.echo.as_ref().filter(|_| !matches!(channel.kind, ChannelKind::D { .. })) else { return Ok(()) };
        self.ctl.ioctl(Request::AttachEchocan(&AttachEchocan { chan: channo, echocan: Text::new(&echo.module) })).map_err(
            |error| {
                let doing =
                    format!("attach echo canceller \"{}\" to {} (channel {channo})", echo.module, words::place(config, channel));
                explain::canceller(&echo.module, Refused::of(&config.name, &doing, error))
            },
        )?;
        self.cancellers.push(channo);
        Ok(())
    }

    /// The kernel attaches `hwec` to a channel whose card has none, and cannot start it later; and it attaches a card's own in place of
    /// another (module parameter `hwec_overrides_swec`). The name that it shows tells.
    fn look_at_canceller(&self, sys: &dyn DahdiSys, config: &SpanConfig) -> Result<(), Refused> {
        let (Some(echo), Some(channo)) = (&config.echo, self.cancellers.first()) else { return Ok(()) };
        let attached = detect::canceller(sys, self.spanno, *channo).unwrap_or_else(|| echo.module.clone());
        if attached == "HWEC" {
            let doing = format!("attach echo canceller \"{}\" to channel {channo}", echo.module);
            return Err(Refused::because(&config.name, doing, explain::NO_HARDWARE_CANCELLER));
        }
        if !attached.eq_ignore_ascii_case(&echo.module) {
            tracing::info!(
                "dahdi[{}]{{configuring}}: canceller {} wanted -> the kernel took {attached}",
                config.name,
                echo.module
            );
        }
        Ok(())
    }

    fn load_tones(&mut self, sys: &dyn DahdiSys, config: &SpanConfig) -> Result<(), Refused> {
        let Some(name) = &config.tone_zone else { return Ok(()) };
        let doing = format!("load tone zone \"{name}\"");
        let Some(image) = tone_zone::zone(name) else {
            return Err(Refused::because(&config.name, doing, "there is no such zone: the one there is is `us`"));
        };
        let Some((_, channo)) = self.channels.first() else { return Ok(()) };
        tone_zone::load(sys, &*self.ctl, &image, *channo).map_err(|error| Refused::of(&config.name, &doing, error))?;
        self.tone_zone = Some(image.header.zone);
        Ok(())
    }

    /// Whether the number is still that of our span. A card that was pulled leaves its number to the next one.
    fn is_ours(&self) -> bool {
        let Some(identity) = &self.identity else { return false };
        self.stat().is_ok_and(|stat| (stat.name.text(), stat.location.text()) == *identity)
    }

    fn undo(&mut self) {
        if self.is_ours() {
            for chan in std::mem::take(&mut self.cancellers) {
                self.take_back(
                    "detach the echo canceller",
                    Request::AttachEchocan(&AttachEchocan { chan, echocan: Text::default() }),
                );
            }
            for (chan, hardware_hdlc) in std::mem::take(&mut self.signalling) {
                // SHUTDOWN takes the signalling from every channel, but does not tell the driver, which keeps its HDLC controller.
                if hardware_hdlc || !self.started {
                    let mut none = ChanConfig { chan, master: chan, sigtype: value::SIG_NONE, ..ChanConfig::default() };
                    self.take_back("take the signalling off", Request::ChanConfig(&mut none));
                }
            }
            if self.started {
                self.take_back("shut the span down", Request::Shutdown(self.spanno));
            }
        }
        if let Some(span) = self.created.take() {
            self.take_back("destroy the dynamic span", Request::DynamicDestroy(&span));
        }
    }

    fn take_back(&self, doing: &str, request: Request<'_>) {
        if let Err(error) = self.ctl.ioctl(request) {
            tracing::warn!("dahdi[{}]{{undoing}}: span {}: cannot {doing} -> {error}", self.name, self.spanno);
        }
    }
}

impl Drop for Configured {
    fn drop(&mut self) {
        let had = self.identity.is_some();
        self.undo();
        if had {
            tracing::info!("dahdi[{}]{{undoing}}: span {} -> released", self.name, self.spanno);
        }
    }
}
