//! Requests as words, for the log.

use tdm::dahdi::ioctl::Request;

pub(super) fn describe(request: &Request<'_>) -> String {
    format!("{} {}", request.name(), argument(request))
}

fn argument(request: &Request<'_>) -> String {
    match request {
        Request::GetVersion(_)
        | Request::GetBufInfo(_)
        | Request::GetEvent(_)
        | Request::GetRxBits(_)
        | Request::GetLineVoltage(_) => String::new(),
        Request::SpanStat(stat) => format!("span={}", { stat.spanno }),
        Request::SpanConfig(line) => {
            format!("span={} lbo={} config=0x{:x} sync={}", line.span, line.lbo, line.lineconfig, line.sync)
        }
        Request::ChanConfig(chan) => {
            format!("chan={} sig=0x{:x} law={} idle={}", chan.chan, chan.sigtype, chan.deflaw, chan.idlebits)
        }
        Request::Maint(maint) => format!("span={} command={}", maint.spanno, maint.command),
        Request::AttachEchocan(attach) => format!("chan={} name={}", attach.chan, attach.echocan.text()),
        Request::LoadZone(zone) => {
            format!("zone={} name={} steps={}", zone.header.zone, zone.header.name.text(), zone.header.count)
        }
        Request::DynamicCreate(span) => dynamic(span),
        Request::DynamicDestroy(span) => dynamic(span),
        Request::GetParams(params) => format!("chan={}", params.channo),
        Request::SetParams(params) => {
            format!(
                "chan={} rxwink={} rxflash={} start={}",
                params.channo, params.rxwinktime, params.rxflashtime, params.starttime
            )
        }
        Request::SetBufInfo(info) => format!("policy={} numbufs={} bufsize={}", info.txbufpolicy, info.numbufs, info.bufsize),
        Request::EchoCancelParams(params) => format!("taps={} params={}", params.tap_length, params.param_count),
        Request::SetHwGain(gain) => format!("gain={} tx={}", gain.newgain, gain.tx),
        Request::SetEchoTune(tune) => format!("acim={}", tune.acim),
        Request::Startup(value)
        | Request::Shutdown(value)
        | Request::FreeZone(value)
        | Request::DefaultZone(value)
        | Request::Specify(value)
        | Request::Flush(value)
        | Request::AudioMode(value)
        | Request::HdlcFcsMode(value)
        | Request::SetLaw(value)
        | Request::SetLinear(value)
        | Request::BufferEvents(value)
        | Request::Hook(value)
        | Request::SetTxBits(value)
        | Request::SetPolarity(value)
        | Request::SetToneZone(value)
        | Request::EchoCancel(value)
        | Request::EchoTrain(value)
        | Request::EchoCancelFaxMode(value)
        | Request::TimerConfig(value)
        | Request::TimerAck(value) => value.to_string(),
    }
}

fn dynamic(span: &tdm::dahdi::ioctl::DynamicSpan) -> String {
    format!("driver={} address={} channels={} timing={}", span.driver.text(), span.addr.text(), span.numchans, span.timing)
}
