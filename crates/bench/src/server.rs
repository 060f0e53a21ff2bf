//! The real binary, on a store of its own.

use crate::now;
use slotbridge_load::http::{Connection, Request};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where a server's store is.
#[derive(Clone)]
pub(crate) enum Place {
    /// A data folder.
    Folder(PathBuf),
    /// A PostgreSQL database.
    Postgres(String),
}

const MASTER_KEY: &str = "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b";
const PATIENCE: Duration = Duration::from_secs(60);

/// The operator's token of every benchmark.
pub(crate) fn operator_token() -> String {
    slotbridge_domain::keys::KeyKind::Operator.write([7; 20])
}

/// A running server; stopped when dropped.
pub(crate) struct Server {
    child: Child,
    /// Its address.
    pub(crate) address: String,
    /// When it was started.
    pub(crate) began: Instant,
    /// Whether its store is PostgreSQL.
    on_postgres: bool,
    /// How long it took until `/readyz`.
    pub(crate) start: Duration,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(binary: &Path, place: &Place) -> io::Result<Self> {
        Self::start_with(binary, place, &[]).await
    }

    /// The same, with settings from the environment.
    pub(crate) async fn start_with(
        binary: &Path,
        place: &Place,
        variables: &[(&str, &str)],
    ) -> io::Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(binary);
        command
            .args(["serve", "--listen", &address, "--log", "warn"])
            .env_clear()
            .env("SLOTBRIDGE_MASTER_KEY", MASTER_KEY)
            .env("SLOTBRIDGE_OPERATOR_TOKEN", operator_token())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        match place {
            Place::Folder(folder) => command.arg("--data-dir").arg(folder),
            Place::Postgres(url) => command.args(["--database-url", url]),
        };
        let began = now();
        let mut server = Self {
            child: command.spawn()?,
            address,
            began,
            on_postgres: matches!(place, Place::Postgres(_)),
            start: Duration::ZERO,
        };
        let ready = Request::new("GET", "/readyz", &[], &[]);
        loop {
            if let Ok(mut connection) = Connection::open(&server.address).await
                && connection.send(&ready).await.is_ok_and(|a| a.status == 200)
            {
                server.start = began.elapsed();
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() || began.elapsed() > PATIENCE {
                return Err(io::Error::other("the server did not start"));
            }
            tokio::time::sleep_until((now() + Duration::from_millis(2)).into()).await;
        }
    }

    /// How much memory it holds now, in KiB.
    pub(crate) fn memory(&self) -> io::Result<u64> {
        memory_of(&self.child, "VmRSS:")
    }

    /// How much memory it held at most, in KiB.
    pub(crate) fn most_memory(&self) -> io::Result<u64> {
        memory_of(&self.child, "VmHWM:")
    }

    /// What it has used so far, and its database with it.
    pub(crate) fn usage(&self) -> io::Result<Usage> {
        let mut sum = usage_of(self.child.id())?;
        if self.on_postgres {
            for process in postgres()? {
                // One that has ended meanwhile is in its parent's sum.
                let usage = usage_of(process).unwrap_or_default();
                sum.cpu += usage.cpu;
                sum.written += usage.written;
            }
        }
        Ok(sum)
    }

    /// Asks it to stop, and waits until it has: it leaves no lease that the next would wait for.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Not asked to stop: what a benchmark leaves behind is thrown away.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A figure of a process's memory, in KiB.
pub(crate) fn memory_of(child: &Child, name: &str) -> io::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.split_whitespace().next())
        .and_then(|kib| kib.parse().ok())
        .ok_or_else(|| io::Error::other(format!("/proc says no {name}")))
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Of the processors.
    pub(crate) cpu: Duration,
    /// How many bytes it made the system write to the disk (`write_bytes`), sooner or later.
    pub(crate) written: u64,
}

/// How long a tick is in which the system counts time: it is the same on all that Linux runs on.
const TICK: Duration = Duration::from_millis(10);

fn usage_of(process: u32) -> io::Result<Usage> {
    let wrong = || io::Error::other("/proc is not as it was");
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in brackets, may have spaces in it. Then: the state and 10 more; user and system time
    // of its own and of its children that have ended.
    let (_, rest) = stat.rsplit_once(')').ok_or_else(wrong)?;
    let ticks = rest.split_whitespace().skip(11).take(4);
    let ticks: u32 = ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    let io = std::fs::read_to_string(format!("/proc/{process}/io"))?;
    let written = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    Ok(Usage {
        cpu: TICK * ticks,
        written: written
            .and_then(|bytes| bytes.parse().ok())
            .ok_or_else(wrong)?,
    })
}

/// The processes of all PostgreSQL servers: while a benchmark runs there is one.
fn postgres() -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        let process = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok());
        found.extend(process.filter(|_| name.trim_end() == "postgres"));
    }
    Ok(found)
}
