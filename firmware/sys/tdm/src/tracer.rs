//! [`Tracer`]: wraps any span and shows everything that crosses it to a callback.
//!
//! The callback runs on the thread that called, within the call: it should copy and return. Events are shown when their
//! owner fetches them. The tracer changes nothing.

use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::span::{
    Alarms, Channel, ChannelCounters, ChannelEvent, Counters, Error, Hook, Mode, Serviced, Span, SpanEvent, SpanInfo,
};

/// One thing that crossed a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRecord<'a> {
    /// When.
    pub at: Instant,
    /// The span's name.
    pub span: &'a str,
    /// The timeslot, for what belongs to one.
    pub slot: Option<u8>,
    /// What it was.
    pub what: Traced<'a>,
}

/// What crossed a span. Received: read by the channel's owner. Sent: written by it and accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traced<'a> {
    /// The channel was opened.
    Opened(Mode),
    /// The channel was closed.
    Closed,
    /// Audio that was read.
    AudioReceived(&'a [u8]),
    /// Audio that was queued.
    AudioSent(&'a [u8]),
    /// A frame that was read.
    FrameReceived(&'a [u8]),
    /// A frame that was queued.
    FrameSent(&'a [u8]),
    /// Signalling bits that were set.
    BitsSent(u8),
    /// A hook signal that was sent.
    HookSent(Hook),
    /// The polarity that was set.
    PolaritySent {
        /// True when reversed.
        reversed: bool,
    },
    /// An event of the channel.
    ChannelEvent(ChannelEvent),
    /// An event of the span.
    SpanEvent(&'a SpanEvent),
}

type Callback = Box<dyn FnMut(&TraceRecord<'_>) + Send>;

/// The callback with the span's name, shared with the channels.
#[derive(Clone)]
struct Sink {
    span: Arc<str>,
    callback: Arc<Mutex<Callback>>,
}

impl Sink {
    fn show(&self, slot: Option<u8>, what: Traced<'_>) {
        let record = TraceRecord { at: Instant::now(), span: &self.span, slot, what };
        let mut callback = self.callback.lock().unwrap_or_else(PoisonError::into_inner);
        (*callback)(&record);
    }
}

/// See the module header.
pub struct Tracer<S> {
    inner: S,
    sink: Sink,
}

impl<S: Span> Tracer<S> {
    /// Shows what crosses `inner` to `callback`.
    pub fn new(inner: S, callback: impl FnMut(&TraceRecord<'_>) + Send + 'static) -> Self {
        let sink = Sink { span: inner.info().name.as_str().into(), callback: Arc::new(Mutex::new(Box::new(callback))) };
        Self { inner, sink }
    }

    /// The span within.
    pub const fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }
}

impl<S: Span> Span for Tracer<S> {
    fn info(&self) -> &SpanInfo {
        self.inner.info()
    }

    fn open(&mut self, slot: u8, mode: Mode) -> Result<Box<dyn Channel>, Error> {
        let inner = self.inner.open(slot, mode)?;
        self.sink.show(Some(slot), Traced::Opened(mode));
        Ok(Box::new(TracedChannel { inner, slot, mode, sink: self.sink.clone() }))
    }

    fn alarms(&self) -> Alarms {
        self.inner.alarms()
    }

    fn counters(&self) -> Counters {
        self.inner.counters()
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        self.inner.poll_fd()
    }

    fn watches(&self) -> Vec<crate::span::Watch<'_>> {
        self.inner.watches()
    }

    fn service(&mut self) -> Result<Serviced, Error> {
        self.inner.service()
    }

    fn poll_event(&mut self) -> Option<SpanEvent> {
        let event = self.inner.poll_event()?;
        self.sink.show(None, Traced::SpanEvent(&event));
        Some(event)
    }
}

struct TracedChannel {
    inner: Box<dyn Channel>,
    slot: u8,
    mode: Mode,
    sink: Sink,
}

impl TracedChannel {
    fn show(&self, what: Traced<'_>) {
        self.sink.show(Some(self.slot), what);
    }
}

impl Channel for TracedChannel {
    fn slot(&self) -> u8 {
        self.slot
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let length = self.inner.read(buf)?;
        let octets = buf.get(..length).unwrap_or_default();
        self.show(if self.mode.has_audio() { Traced::AudioReceived(octets) } else { Traced::FrameReceived(octets) });
        Ok(length)
    }

    fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        let length = self.inner.write(buf)?;
        let octets = buf.get(..length).unwrap_or_default();
        self.show(if self.mode.has_audio() { Traced::AudioSent(octets) } else { Traced::FrameSent(octets) });
        Ok(length)
    }

    fn samples_ahead(&self) -> usize {
        self.inner.samples_ahead()
    }

    fn set_write_queue(&mut self, samples: usize) -> Result<(), Error> {
        self.inner.set_write_queue(samples)
    }

    fn poll_event(&mut self) -> Option<ChannelEvent> {
        let event = self.inner.poll_event()?;
        self.show(Traced::ChannelEvent(event));
        Some(event)
    }

    fn set_bits(&mut self, abcd: u8) -> Result<(), Error> {
        self.inner.set_bits(abcd)?;
        self.show(Traced::BitsSent(abcd));
        Ok(())
    }

    fn bits(&self) -> u8 {
        self.inner.bits()
    }

    fn hook(&mut self, hook: Hook) -> Result<(), Error> {
        self.inner.hook(hook)?;
        self.show(Traced::HookSent(hook));
        Ok(())
    }

    fn set_polarity(&mut self, reversed: bool) -> Result<(), Error> {
        self.inner.set_polarity(reversed)?;
        self.show(Traced::PolaritySent { reversed });
        Ok(())
    }

    fn counters(&self) -> ChannelCounters {
        self.inner.counters()
    }
}

impl Drop for TracedChannel {
    fn drop(&mut self) {
        self.show(Traced::Closed);
    }
}
