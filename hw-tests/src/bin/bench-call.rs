//! `cargo xtask bench call`: the whole path, SIPp through junctord and a virtual E1 to junctor-exchange, in real time.
//!
//! junctord has the measured core for itself; exchange, SIPp and this program share the others. First 20 calls are held, the
//! exchange speaks and SIPp returns each packet, so RTP flows both ways; then short calls follow each other as fast as 15 at a
//! time allow. A short call rings for the 200 ms that the exchange takes to answer and is held for 100 ms: the rate reached is
//! that of these lines, not the limit of a core, which the CPU time of a call tells better.

use hw_tests::Transport;
use hw_tests::bench::{Bench, Cores, Figure, process_cpu};
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::town;
use model::api::CallRecord;
use std::time::{Duration, Instant};

const HELD: u32 = 20;
/// Half of the 30 channels: a channel is free again a little after its SIP call is over, and until then the next call of all
/// that ended together needs another one.
const AT_ONCE: u32 = 15;
/// Calls begun a second, far more than [`AT_ONCE`] lets through.
const OFFERED: u32 = 200;
const SHORT: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_secs(10);
/// DESIGN section 10: memory idle, in MB.
const IDLE_TARGET: f64 = 40.0;

fn main() {
    let bench = Bench::new("call");
    let cores = Cores::new();
    cores.go_to_others();
    let scratch = Scratch::new("bench-call");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let ports = [free_port(), free_port()];
    let setup = Setup::new(&far).peer("held", Transport::Udp, ports[0]).peer("short", Transport::Tcp, ports[1]);
    cores.go_to_measured();
    let gateway = JunctorBox::start(&scratch, &setup);
    cores.go_to_others();
    far.wait_for_link(SOON);
    let stage = Stage { bench, scratch: &scratch, gateway: &gateway };
    let idle = gateway.resident_kb();
    bench.print(Figure::lower("memory idle", "MB", megabytes(idle)).target(IDLE_TARGET).recorded_peer("asterisk-22 (recorded)"));
    stage.held(ports[0]);
    stage.short(ports[1]);
}

/// VmRSS counts in units of 1024 bytes.
fn megabytes(kb: u64) -> f64 {
    kb as f64 * 1024.0 / 1e6
}

/// The running box and what a part of the measurement needs besides.
struct Stage<'a> {
    bench: Bench,
    scratch: &'a Scratch,
    gateway: &'a JunctorBox,
}

impl Stage<'_> {
    fn held(&self, port: u16) {
        let window = self.bench.choose(Duration::from_millis(5000), Duration::from_millis(1500));
        // Longer than it takes to set them all up and measure.
        let run =
            Run::new(Scenario::UacCall).calls(HELD, HELD, HELD).hold(window + Duration::from_millis(2500)).media(Media::Echo);
        let sipp = Sipp::start(self.scratch, &run.port(port).to("5551001", self.gateway.address()));
        self.wait_until_answered(u64::from(HELD));
        std::thread::sleep(Duration::from_millis(200));
        let (cpu, start) = (process_cpu(self.gateway.id()), Instant::now());
        std::thread::sleep(window);
        let (cpu, seconds) = (process_cpu(self.gateway.id()) - cpu, start.elapsed().as_secs_f64());
        let resident = self.gateway.resident_kb();
        let up = self.gateway.status().calls.len();
        assert_eq!(up, HELD as usize, "calls that are still up after {seconds:.1} s");
        sipp.finish().expect_success();
        let records = self.gateway.records(HELD);

        let per_call_second = 1e3 * cpu.as_secs_f64() / (f64::from(HELD) * seconds);
        self.bench.print(Figure::lower("CPU of junctord, 20 calls held", "ms per call-second", per_call_second));
        self.bench.print(Figure::lower("memory with 20 calls", "MB", megabytes(resident)));
        self.flow(&records);
    }

    /// How much of 50 packets a second each way there was: figures of CPU time mean little where it is much below 100.
    fn flow(&self, records: &[CallRecord]) {
        let qualities: Vec<_> = records.iter().filter_map(|record| record.quality).collect();
        assert_eq!(qualities.len(), HELD as usize, "calls with figures of their media: {records:#?}");
        let packets: u64 = qualities.iter().map(|quality| quality.packets_sent + quality.packets_received).sum();
        let lost: u64 = qualities.iter().map(|quality| quality.lost + quality.late).sum();
        let spoken_ms = |record: &CallRecord| record.answered_at.map_or(0, |answered| record.ended_at - answered);
        let seconds = records.iter().map(spoken_ms).sum::<i64>() as f64 / 1e3;
        self.bench.print(Figure::higher("packets sent and received, 20 calls held", "per call-second", packets as f64 / seconds));
        self.bench.print(Figure::lower("packets lost or late, 20 calls held", "packets", lost as f64));
    }

    fn short(&self, port: u16) {
        let calls = self.bench.choose(200, 60);
        let run = Run::new(Scenario::UacCall).transport(Transport::Tcp).calls(calls, OFFERED, AT_ONCE).hold(SHORT).port(port);
        let before = process_cpu(self.gateway.id());
        Sipp::start(self.scratch, &run.to("5551001", self.gateway.address())).finish().expect_success();
        let records = self.gateway.records(calls);
        let cpu = process_cpu(self.gateway.id()) - before;
        assert!(records.iter().all(|record| record.answered_at.is_some() && record.cause == 16), "{records:#?}");

        let mut begun: Vec<i64> = records.iter().map(|record| record.started_at).collect();
        begun.sort_unstable();
        // The first calls all begin at once, as many as are let through: the rate is that of those after them.
        let steady = &begun[AT_ONCE as usize - 1..];
        let seconds = (steady[steady.len() - 1] - steady[0]) as f64 / 1e3;
        let rate = (steady.len() - 1) as f64 / seconds;
        self.bench.print(Figure::higher("set-up rate, short calls, 15 at a time", "calls/s", rate));
        self.bench.print(Figure::lower(
            "CPU of junctord, a short call",
            "ms per call",
            1e3 * cpu.as_secs_f64() / f64::from(calls),
        ));

        let mut delays: Vec<u64> = records.iter().filter_map(|record| record.post_dial_delay_ms).collect();
        delays.sort_unstable();
        assert_eq!(delays.len(), calls as usize, "calls with a post-dial delay");
        self.bench.print(Figure::lower("post-dial delay p50, short calls", "ms", delays[delays.len() / 2] as f64));
        self.bench.print(Figure::lower("post-dial delay p99, short calls", "ms", delays[delays.len() * 99 / 100] as f64));
    }

    #[track_caller]
    fn wait_until_answered(&self, calls: u64) {
        let end = Instant::now() + SOON;
        loop {
            let counters = self.gateway.status().counters;
            if counters.answered >= calls {
                return;
            }
            assert!(Instant::now() < end, "{counters:?}\n{}", self.gateway.log_tail());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
