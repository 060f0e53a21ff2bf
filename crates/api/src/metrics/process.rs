//! The process: memory, CPU, file descriptors, age. Under the names that every exporter uses.

use super::gauge;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::{Registry, Unit};
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};
use std::time::{SystemTime, UNIX_EPOCH};

/// Since when the process is there, as Unix time.
#[derive(Debug)]
pub(super) struct Process {
    started: f64,
}

impl Process {
    #[expect(
        clippy::disallowed_methods,
        reason = "when the process began: no rule depends on it"
    )]
    pub(super) fn new() -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            started: started.map_or(0.0, |since| since.as_secs_f64()),
        }
    }

    pub(super) fn read(&self, registry: &mut Registry) {
        let process = registry.sub_registry_with_prefix("process");
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        #[expect(clippy::cast_precision_loss, reason = "seconds of a process's life")]
        let cpu = cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9;
        process.register_with_unit(
            "cpu",
            "CPU time of the process, user and system",
            Unit::Seconds,
            ConstCounter::new(cpu),
        );
        let bytes = resident_bytes();
        gauge(process, "resident_memory_bytes", "Memory in RAM", bytes);
        let open = std::fs::read_dir("/proc/self/fd");
        let open = open.map(Iterator::count).ok();
        gauge(process, "open_fds", "Open file descriptors", open);
        let most = getrlimit(Resource::Nofile).current;
        gauge(process, "max_fds", "How many may be open", most);
        process.register(
            "start_time_seconds",
            "When the process began, as Unix time",
            prometheus_client::metrics::gauge::ConstGauge::new(self.started),
        );
    }
}

/// `VmRSS:     1234 kB`
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}
