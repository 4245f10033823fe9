//! Opens, reads, writes and ioctls of the scripted kernel.

use std::ffi::c_int;
use std::io;
use std::os::unix::net::UnixStream;

use nix::libc;
use tdm::dahdi::ioctl::{
    AttachEchocan, ChanConfig, DynamicSpan, EchocanParams, LineConfig, MaintInfo, Params, Request, SpanStat,
};
use tdm::dahdi::ioctl::{Text, ToneZoneImage, VersionInfo, value};

use super::error;
use super::span::FakeSpan;
use super::state::{Channel, Device, HookState, State, Zone};

impl State {
    pub(super) fn open(&mut self, path: &str) -> io::Result<(u64, UnixStream)> {
        if !self.loaded {
            return Err(error(libc::ENOENT));
        }
        match path {
            "/dev/dahdi/ctl" => Ok(self.open_file(Device::Ctl)),
            "/dev/dahdi/channel" => Ok(self.open_file(Device::AnyChannel)),
            "/dev/dahdi/timer" => Ok(self.open_file(Device::Timer { period: 0, tripped: 0 })),
            _ => {
                let number = path.strip_prefix("/dev/dahdi/").and_then(|text| text.parse().ok());
                let channo: i32 =
                    number.filter(|number| self.channels.contains_key(number)).ok_or_else(|| error(libc::ENOENT))?;
                let (id, fd) = self.open_file(Device::AnyChannel);
                if let Err(refusal) = self.specify(id, channo) {
                    self.open_files.remove(&id);
                    return Err(refusal);
                }
                Ok((id, fd))
            }
        }
    }

    fn device(&self, id: u64) -> Device {
        self.open_files.get(&id).expect("a file that is open").device
    }

    pub(super) fn read(&mut self, id: u64, buf: &mut [u8]) -> io::Result<usize> {
        let line = format!("{} read", self.who(id));
        self.refused(&line)?;
        let channo = self.channel_of(id)?;
        let result = self.channels.get_mut(&channo).expect("open").read(buf);
        self.settle(channo);
        result
    }

    pub(super) fn write(&mut self, id: u64, buf: &[u8]) -> io::Result<usize> {
        let line = format!("{} write", self.who(id));
        self.refused(&line)?;
        let channo = self.channel_of(id)?;
        self.channels.get_mut(&channo).expect("open").write(buf)
    }

    fn channel_of(&self, id: u64) -> io::Result<i32> {
        match self.device(id) {
            Device::Channel(channo) => Ok(channo),
            Device::Gone(_) => Err(error(libc::ENODEV)),
            Device::Ctl | Device::AnyChannel | Device::Timer { .. } => Err(error(libc::ENOSYS)),
        }
    }

    pub(super) fn request(&mut self, id: u64, request: Request<'_>) -> io::Result<()> {
        match self.device(id) {
            Device::Gone(_) => {
                if let Request::GetEvent(event) = request {
                    *event = value::EVENT_REMOVED;
                }
                Err(error(libc::ENODEV))
            }
            Device::AnyChannel => match request {
                Request::Specify(channo) => self.specify(id, channo),
                _ => Err(error(libc::ENOSYS)),
            },
            Device::Timer { period, tripped } => self.timer_request(id, (period, tripped), request),
            Device::Ctl => self.ctl_request(request),
            Device::Channel(channo) => {
                let result = self.channel_request(channo, request);
                self.settle(channo);
                result
            }
        }
    }

    /// `dahdi_specchan_open` and `initialize_channel`.
    fn specify(&mut self, id: u64, channo: i32) -> io::Result<()> {
        let law = self.channels.get(&channo).map(|channel| self.law_of(channel));
        let zone = self.zones.first().map(|zone| zone.number);
        let channel = self.channels.get_mut(&channo).ok_or_else(|| error(libc::EINVAL))?;
        if channel.sigtype == 0 {
            return Err(error(libc::ENXIO));
        }
        if channel.open.is_some() {
            return Err(error(libc::EBUSY));
        }
        channel.open = Some(id);
        channel.policy = value::POLICY_IMMEDIATE;
        channel.set_buffers(1024, 2);
        channel.events.clear();
        channel.law = law.unwrap_or(value::LAW_MULAW);
        channel.hang_up();
        channel.audio = !channel.clear;
        // Only what CHANCONFIG made HDLC stays so.
        channel.hdlc = is_hdlc(channel.sigtype);
        channel.linear = false;
        channel.taps = 0;
        channel.zone = zone.or(channel.zone);
        channel.underruns = 0;
        channel.overruns = 0;
        self.open_files.get_mut(&id).expect("open").device = Device::Channel(channo);
        Ok(())
    }

    fn law_of(&self, channel: &Channel) -> c_int {
        let span = self.spans.iter().find(|span| span.number == channel.span);
        match channel.default_law {
            value::LAW_DEFAULT if span.is_some_and(|span| span.span_type == "E1") => value::LAW_ALAW,
            value::LAW_DEFAULT => value::LAW_MULAW,
            law => law,
        }
    }

    fn timer_request(&mut self, id: u64, (period, tripped): (c_int, c_int), request: Request<'_>) -> io::Result<()> {
        let (period, tripped) = match request {
            Request::TimerConfig(wanted) => (wanted.max(0), tripped),
            Request::TimerAck(taken) if taken < 1 || taken > tripped => (period, 0),
            Request::TimerAck(taken) => (period, tripped - taken),
            Request::GetEvent(event) => {
                // DAHDI_EVENT_TIMER_EXPIRED; it stays until it is acknowledged.
                *event = if tripped > 0 { 15 } else { 0 };
                return Ok(());
            }
            _ => return Err(error(libc::ENOTTY)),
        };
        let file = self.open_files.get_mut(&id).expect("open");
        file.device = Device::Timer { period, tripped };
        file.show(tripped > 0);
        Ok(())
    }

    fn ctl_request(&mut self, request: Request<'_>) -> io::Result<()> {
        match request {
            Request::GetVersion(info) => {
                let cancellers = self.cancellers.join(", ").to_uppercase();
                *info = VersionInfo { version: Text::new(&self.version), echo_canceller: Text::new(&cancellers) };
                Ok(())
            }
            Request::SpanConfig(line) => self.span_config(line),
            Request::ChanConfig(config) => self.chan_config(config),
            Request::Startup(number) => self.startup(number),
            Request::Shutdown(number) => self.shutdown(number),
            Request::Maint(maint) => self.maintain(maint),
            Request::AttachEchocan(attach) => self.attach(attach),
            Request::LoadZone(image) => self.load_zone(image),
            Request::FreeZone(number) => {
                self.zones.retain(|zone| zone.number != number);
                Ok(())
            }
            Request::DefaultZone(number) => self.default_zone(number),
            Request::DynamicCreate(span) => self.dynamic_create(span),
            Request::DynamicDestroy(span) => self.dynamic_destroy(span),
            Request::SpanStat(stat) if stat.spanno == 0 => Err(error(libc::EINVAL)),
            Request::SpanStat(stat) => self.span_stat(stat),
            Request::GetParams(params) => self.get_params(params.channo, params),
            Request::SetParams(params) => self.set_params(params.channo, params),
            _ => Err(error(libc::ENOTTY)),
        }
    }

    fn span_config(&mut self, line: &LineConfig) -> io::Result<()> {
        let span = self.span(line.span).ok_or_else(|| error(libc::ENXIO))?;
        if line.lineconfig & 0x1ff0 & !span.linecompat != 0 {
            return Err(error(libc::EINVAL));
        }
        // A dynamic span's driver has no such operation: nothing is kept and nothing refused.
        if span.dynamic.is_none() {
            span.lineconfig = line.lineconfig;
            span.lbo = line.lbo;
            span.sync = line.sync;
        }
        Ok(())
    }

    fn chan_config(&mut self, config: &ChanConfig) -> io::Result<()> {
        let channel = self.channels.get_mut(&config.chan).ok_or_else(|| error(libc::EINVAL))?;
        let hdlc = if channel.sigcap & value::SIG_CLEAR == 0 { 0 } else { value::SIG_HDLCFCS | 0x780 };
        if (channel.sigcap | hdlc) & config.sigtype != config.sigtype {
            return Err(error(libc::EINVAL));
        }
        channel.sigtype = config.sigtype;
        channel.idle_bits = if config.sigtype == value::SIG_CAS { config.idlebits } else { 0 };
        channel.clear = config.sigtype & value::SIG_CLEAR != 0;
        channel.audio = !channel.clear;
        channel.hdlc = is_hdlc(config.sigtype);
        channel.default_law = config.deflaw;
        channel.hang_up();
        Ok(())
    }

    fn startup(&mut self, number: i32) -> io::Result<()> {
        let span = self.span(number).ok_or_else(|| error(libc::ENXIO))?;
        if span.running {
            return Ok(());
        }
        span.running = true;
        for channo in span.channel_numbers() {
            if let Some(channel) = self.channels.get_mut(&channo) {
                channel.hang_up();
            }
        }
        self.find_master();
        Ok(())
    }

    fn shutdown(&mut self, number: i32) -> io::Result<()> {
        let span = self.span(number).ok_or_else(|| error(libc::ENXIO))?;
        span.running = false;
        for channo in span.channel_numbers() {
            if let Some(channel) = self.channels.get_mut(&channo) {
                channel.sigtype = 0;
            }
        }
        Ok(())
    }

    fn maintain(&mut self, maint: &MaintInfo) -> io::Result<()> {
        let span = self.span(maint.spanno).ok_or_else(|| error(libc::EINVAL))?;
        let commands = span.maint.as_mut().ok_or_else(|| error(libc::ENOSYS))?;
        let loops = [value::MAINT_NONE, value::MAINT_LOCALLOOP, value::MAINT_NETWORKLINELOOP, value::MAINT_NETWORKPAYLOADLOOP];
        if loops.contains(&maint.command) && span.maint_state == maint.command {
            // The driver does not hear of it.
            return Ok(());
        }
        commands.push(maint.command);
        match maint.command {
            value::MAINT_NONE
            | value::MAINT_LOCALLOOP
            | value::MAINT_NETWORKLINELOOP
            | value::MAINT_NETWORKPAYLOADLOOP
            | value::MAINT_LOOPUP
            | value::MAINT_LOOPDOWN => span.maint_state = maint.command,
            value::RESET_COUNTERS => span.stat = SpanStat::default(),
            _ => {}
        }
        let alarms = span.alarms;
        self.alarm(maint.spanno, alarms);
        Ok(())
    }

    /// `dahdi_ioctl_attach_echocan` with `hwec_overrides_swec=1`. A driver that names no canceller (dynamic spans) has `hwec` attached
    /// though there is none.
    fn attach(&mut self, attach: &AttachEchocan) -> io::Result<()> {
        let number = self.channels.get(&attach.chan).ok_or_else(|| error(libc::EINVAL))?.span;
        let (hardware, nameless) =
            self.span(number).map(|span| (span.hardware_canceller, span.dynamic.is_some())).unwrap_or_default();
        let name = if hardware { "hwec".to_owned() } else { attach.echocan.text() };
        let known = self.cancellers.iter().any(|known| known.eq_ignore_ascii_case(&name));
        if !(name.is_empty() || known || (hardware || nameless) && name.eq_ignore_ascii_case("hwec")) {
            return Err(error(libc::EINVAL));
        }
        self.channels.get_mut(&attach.chan).expect("seen").canceller = Some(name).filter(|name| !name.is_empty());
        Ok(())
    }

    /// `dahdi_ioctl_loadzone`: a number that is taken gives EINVAL (osmocom's fork: EBUSY; a test refuses for that).
    fn load_zone(&mut self, image: &ToneZoneImage) -> io::Result<()> {
        let header = image.header;
        let steps = usize::try_from(header.count).ok().filter(|count| *count <= image.tones.len());
        let steps = steps.ok_or_else(|| error(libc::EINVAL))?;
        let next_is_bad = |next: c_int| !(0..header.count).contains(&next);
        let bad = image.tones[..steps].iter().any(|tone| (0..16).contains(&tone.tone) && next_is_bad(tone.next));
        let taken = self.zones.iter().any(|zone| zone.number == header.zone);
        if bad || taken || !(0..=255).contains(&header.zone) {
            return Err(error(libc::EINVAL));
        }
        self.zones.push(Zone { number: header.zone, name: header.name.text(), cadence: header.ringcadence, steps });
        Ok(())
    }

    fn default_zone(&mut self, number: c_int) -> io::Result<()> {
        let place = self.zones.iter().position(|zone| zone.number == number).ok_or_else(|| error(libc::EINVAL))?;
        let zone = self.zones.remove(place);
        self.zones.insert(0, zone);
        Ok(())
    }

    /// `_create_dynamic` and, for `loc`, its address.
    fn dynamic_create(&mut self, wanted: &mut DynamicSpan) -> io::Result<()> {
        if self.dynamic_drivers.is_empty() {
            return Err(error(libc::ENOSYS));
        }
        let (driver, address) = (wanted.driver.text(), wanted.addr.text());
        let channels = usize::try_from(wanted.numchans).ok().filter(|count| (1..256).contains(count));
        let channels = channels.ok_or_else(|| error(libc::EINVAL))?;
        let key = Some((driver.clone(), address.clone()));
        if self.spans.iter().any(|span| span.present && span.dynamic == key) {
            return Err(error(libc::EEXIST));
        }
        if !self.dynamic_drivers.contains(&driver) || driver == "loc" && !self.loc_address_fits(&address) {
            return Err(error(libc::EINVAL));
        }
        let mut span = FakeSpan::dynamic(&driver, &address, channels);
        let before = self.spans.iter().filter(|span| span.device.starts_with(&format!("dynamic:{driver}:"))).count();
        span.device = format!("dynamic:{driver}:{before}");
        wanted.spanno = self.add(span);
        Ok(())
    }

    fn loc_address_fits(&self, address: &str) -> bool {
        let parts: Vec<&str> = address.split(':').collect();
        let digits = parts.iter().all(|part| part.len() == 1 && part.chars().all(|digit| digit.is_ascii_hexdigit()));
        let same_key = self.spans.iter().filter(|span| {
            let other = span.dynamic.as_ref().filter(|(driver, _)| driver == "loc");
            span.present && other.is_some_and(|(_, other)| other[..1] == address[..1])
        });
        digits && matches!(parts.len(), 2 | 3) && (parts.len() == 3 || same_key.count() < 2)
    }

    fn dynamic_destroy(&mut self, wanted: &DynamicSpan) -> io::Result<()> {
        let key = Some((wanted.driver.text(), wanted.addr.text()));
        let place = self.spans.iter().position(|span| span.present && span.dynamic == key).ok_or_else(|| error(libc::EINVAL))?;
        let span = &self.spans[place];
        let mut channels = span.channel_numbers();
        if channels.any(|channo| self.channels.get(&channo).is_some_and(|channel| channel.open.is_some())) {
            return Err(error(libc::EBUSY));
        }
        let number = span.number;
        self.remove(number);
        self.spans.remove(place);
        Ok(())
    }

    fn span_stat(&mut self, stat: &mut SpanStat) -> io::Result<()> {
        let total = self.spans.iter().filter(|span| span.present && span.number > 0).count();
        let number = stat.spanno;
        let configured = self.channels.values().filter(|channel| channel.span == number && channel.sigtype != 0).count();
        let span = self.span(number).ok_or_else(|| error(libc::EINVAL))?;
        *stat = SpanStat {
            spanno: number,
            name: Text::new(&span.name),
            desc: Text::new(&span.desc),
            alarms: span.alarms,
            syncsrc: span.sync_source,
            numchans: c_int::try_from(configured).unwrap(),
            totalchans: c_int::try_from(span.sigcaps.len()).unwrap(),
            totalspans: c_int::try_from(total).unwrap(),
            lbo: span.lbo,
            lineconfig: span.lineconfig,
            location: Text::new(&span.location),
            manufacturer: Text::new(&span.manufacturer),
            devicetype: Text::new(&span.device_type),
            linecompat: span.linecompat,
            spantype: Text::new(&span.span_type),
            ..span.stat
        };
        Ok(())
    }

    fn get_params(&self, channo: i32, params: &mut Params) -> io::Result<()> {
        let channel = self.channels.get(&channo).ok_or_else(|| error(libc::EINVAL))?;
        let has_bits = channel.sigtype & value::SIG_CLEAR == 0;
        *params = Params {
            channo,
            spanno: channel.span,
            chanpos: channel.position,
            sigtype: channel.sigtype,
            sigcap: channel.sigcap,
            rxbits: if has_bits { channel.received_bits } else { -1 },
            txbits: if has_bits { channel.sent_bits } else { -1 },
            curlaw: if channel.law == value::LAW_ALAW { value::LAW_ALAW } else { value::LAW_MULAW },
            idlebits: if has_bits { channel.idle_bits } else { 0 },
            chan_alarms: channel.alarms.cast_unsigned(),
            ..channel.params
        };
        Ok(())
    }

    fn set_params(&mut self, channo: i32, params: &Params) -> io::Result<()> {
        self.channels.get_mut(&channo).ok_or_else(|| error(libc::EINVAL))?.params = *params;
        Ok(())
    }

    fn channel_request(&mut self, channo: i32, request: Request<'_>) -> io::Result<()> {
        let number = self.channels.get(&channo).expect("open").span;
        let span = self.spans.iter().find(|span| span.number == number).expect("a channel has a span").clone();
        let zones = self.zones.clone();
        match request {
            Request::SpanStat(stat) => {
                if stat.spanno == 0 {
                    stat.spanno = number;
                }
                return self.span_stat(stat);
            }
            Request::GetParams(params) => return self.get_params(channo, params),
            Request::SetParams(params) => return self.set_params(channo, params),
            Request::SetLaw(law) => {
                let default = self.law_of(&self.channels[&channo]);
                let channel = self.channels.get_mut(&channo).expect("open");
                channel.law = match law {
                    value::LAW_DEFAULT => default,
                    value::LAW_MULAW | value::LAW_ALAW => law,
                    _ => return Err(error(libc::EINVAL)),
                };
                return Ok(());
            }
            _ => {}
        }
        let channel = self.channels.get_mut(&channo).expect("open");
        channel.request(&span, &zones, request)
    }
}

/// Whether frames are carried, by the kernel or the card.
fn is_hdlc(sigtype: c_int) -> bool {
    sigtype & value::SIG_HDLCFCS == value::SIG_HDLCFCS || sigtype == value::SIG_HARDHDLC
}

impl Channel {
    fn request(&mut self, span: &FakeSpan, zones: &[Zone], request: Request<'_>) -> io::Result<()> {
        match request {
            Request::GetBufInfo(info) => {
                info.txbufpolicy = self.policy;
                info.rxbufpolicy = value::POLICY_IMMEDIATE;
                info.numbufs = c_int::try_from(self.numbufs).unwrap();
                info.bufsize = c_int::try_from(self.bufsize).unwrap();
                info.readbufs = -1;
                info.writebufs = -1;
            }
            Request::SetBufInfo(info) => {
                let fits = (16..=8192).contains(&info.bufsize) && info.bufsize * info.numbufs <= 32768;
                self.refuse_unless(fits, libc::EINVAL)?;
                self.policy = info.txbufpolicy & 3;
                self.set_buffers(usize::try_from(info.bufsize).unwrap(), usize::try_from(info.numbufs.max(0)).unwrap());
            }
            Request::Flush(what) => self.flush(what),
            Request::AudioMode(on) => {
                self.refuse_unless(self.sigtype == value::SIG_CLEAR, libc::EINVAL)?;
                self.audio = on != 0;
                self.hdlc &= !self.audio;
                self.taps = if self.audio { self.taps } else { 0 };
            }
            Request::HdlcFcsMode(on) => {
                self.refuse_unless(self.sigtype == value::SIG_CLEAR, libc::EINVAL)?;
                self.audio = false;
                self.hdlc = on != 0;
            }
            Request::SetLinear(on) => {
                self.refuse_unless(self.audio, libc::EINVAL)?;
                self.linear = on != 0;
            }
            Request::GetEvent(event) => *event = self.events.pop_front().unwrap_or(value::EVENT_NONE),
            Request::BufferEvents(on) => self.buffer_events = on != 0,
            Request::Hook(signal) => return self.hook(span, signal),
            Request::GetRxBits(bits) => *bits = self.received_bits,
            Request::SetTxBits(bits) => {
                self.refuse_unless(self.sigtype == value::SIG_CAS, libc::EINVAL)?;
                self.sent_bits = bits;
            }
            Request::SetToneZone(number) => {
                self.refuse_unless(zones.iter().any(|zone| zone.number == number), libc::ENODATA)?;
                self.zone = Some(number);
            }
            Request::EchoCancel(taps) => {
                self.refuse_unless(self.audio, libc::EINVAL)?;
                self.cancel(&EchocanParams { tap_length: taps.max(0).cast_unsigned(), ..EchocanParams::default() });
            }
            Request::EchoCancelParams(params) => {
                self.refuse_unless(self.audio && params.param_count <= 8, libc::EINVAL)?;
                self.cancel(params);
            }
            Request::EchoTrain(ms) => {
                self.refuse_unless((0..1000).contains(&ms) && self.taps > 0, libc::EINVAL)?;
                self.trained = ms;
            }
            Request::EchoCancelFaxMode(on) => {
                self.refuse_unless(self.taps > 0, libc::EINVAL)?;
                self.fax_mode = on != 0;
            }
            other => {
                self.refuse_unless(span.private_ioctls, libc::ENOTTY)?;
                return self.private(other);
            }
        }
        Ok(())
    }

    fn refuse_unless(&self, good: bool, errno: i32) -> io::Result<()> {
        if good { Ok(()) } else { Err(error(errno)) }
    }

    fn flush(&mut self, what: c_int) {
        if what & value::FLUSH_READ != 0 {
            self.received.clear();
        }
        if what & value::FLUSH_WRITE != 0 {
            self.written.clear();
        }
        if what & value::FLUSH_EVENT != 0 {
            self.events.clear();
        }
    }

    /// Without a canceller attached the kernel says yes and does nothing; unknown lengths become 64.
    fn cancel(&mut self, params: &EchocanParams) {
        let taps = match params.tap_length {
            0 => 0,
            32 | 64 | 128 | 256 | 512 | 1024 => params.tap_length,
            _ => 64,
        };
        self.taps = if self.canceller.is_some() { taps } else { 0 };
        let count = usize::try_from(params.param_count).unwrap();
        self.canceller_params = params.params[..count].iter().map(|param| (param.name.text(), param.value)).collect();
    }

    /// `DAHDI_HOOK` on a descriptor that does not block.
    fn hook(&mut self, span: &FakeSpan, signal: c_int) -> io::Result<()> {
        self.refuse_unless(!self.clear && self.sigtype != value::SIG_CAS, libc::EINVAL)?;
        if !span.robbed_bits {
            self.hooks.push(signal);
            return Ok(());
        }
        let idle = self.hook_state == HookState::OnHook;
        let starts = matches!(signal, value::RING | value::START);
        self.refuse_unless(!starts || self.zone.is_some(), libc::ENODATA)?;
        self.refuse_unless(!(starts || signal == value::WINK) || idle, libc::EBUSY)?;
        self.refuse_unless(signal != value::FLASH || self.hook_state == HookState::OffHook, libc::EBUSY)?;
        self.hook_state = match signal {
            value::ONHOOK | value::RINGOFF => HookState::OnHook,
            value::OFFHOOK => HookState::OffHook,
            value::RING | value::START => HookState::Starting,
            value::WINK => HookState::Winking,
            value::FLASH => HookState::Flashing,
            _ => return Err(error(libc::EINVAL)),
        };
        self.hooks.push(signal);
        if signal == value::ONHOOK {
            // `dahdi_hangup` empties the buffers.
            self.hang_up();
        }
        let over = matches!(signal, value::ONHOOK | value::RINGOFF | value::OFFHOOK);
        self.refuse_unless(over, libc::EINPROGRESS)
    }

    /// What an analog card's driver adds.
    fn private(&mut self, request: Request<'_>) -> io::Result<()> {
        let feeds = self.sigcap & value::SIG_FXOLS == value::SIG_FXOLS;
        match request {
            Request::SetPolarity(reversed) => {
                self.refuse_unless(feeds, libc::EINVAL)?;
                self.polarity = reversed;
            }
            Request::SetHwGain(gain) => self.gains[usize::from(gain.tx & 1 == 1)] = gain.newgain,
            Request::SetEchoTune(tune) => {
                self.refuse_unless(!feeds, libc::EINVAL)?;
                self.impedance = Some(tune.acim);
            }
            Request::GetLineVoltage(voltage) => *voltage = self.voltage,
            _ => return Err(error(libc::ENOTTY)),
        }
        Ok(())
    }
}
