//! The real binary, on a store of its own.

use crate::http::{Connection, Request};
use crate::now;
use serde_json::Value;
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

    /// Calls an API, as the set-up does.
    pub(crate) async fn call(
        &self,
        connection: &mut Connection,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Value> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = connection
            .send(&Request::new(method, path, headers, body.as_bytes()))
            .await?;
        let json = connection.json(&answer);
        if answer.status >= 300 {
            return Err(io::Error::other(format!(
                "{method} {path}: {} {json}",
                answer.status
            )));
        }
        Ok(json)
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
