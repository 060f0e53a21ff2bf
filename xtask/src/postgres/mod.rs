//! A private PostgreSQL server for as long as something needs it.
//!
//! Three processes take part, so that nothing outlives a task, however the task ends:
//!
//! - the task (`cargo xtask check`, …) holds a [`Server`];
//! - the [`guard`], this same program started again in a process group of its own, owns the
//!   [`cluster`]: its folder and its server. It cleans up as soon as its standard input closes,
//!   which the kernel does for it when the task ends well, ends badly, is interrupted or killed;
//! - the server itself is the guard's child and stops if the guard is killed. The folder that is
//!   then left over is removed by the next guard.
//!
//! A test that kills servers, or lets one be the standby of another, starts guards of its own
//! (`testkit::postgres`), by the program that `SLOTBRIDGE_TEST_POSTGRES` names: this one.
//!
//! Every cluster has a folder and a port of its own, so that any number run side by side.

pub(crate) mod binaries;
mod cluster;
pub(crate) mod guard;

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::time::Duration;

use crate::command::{self, poll, status};
use crate::{Outcome, install};

/// How the task starts the guard; not meant for a person.
pub(crate) const GUARD_TASK: &str = "postgres-guard";

/// Who the tests connect as. Not a superuser: row-level security would not hold one back.
const TEST_ROLE: &str = "slotbridge_test";

const STOP_LIMIT: Duration = Duration::from_secs(40);

/// A running private server, stopped and its folder deleted on drop.
pub(crate) struct Server {
    guard: Child,
    /// Closing it tells the guard to clean up.
    lifeline: Option<ChildStdin>,
    port: u16,
}

impl Server {
    /// Starts a server that answers; installs PostgreSQL first if it must and may.
    pub(crate) fn start() -> Result<Self, String> {
        Self::start_with(&[])
    }

    /// Starts one whose commits are durable, as benchmarks need it.
    pub(crate) fn start_durable() -> Result<Self, String> {
        Self::start_with(&[guard::DURABLE])
    }

    fn start_with(args: &[&str]) -> Result<Self, String> {
        install::postgres()?;
        let this = std::env::current_exe().map_err(|e| format!("cannot find xtask itself: {e}"))?;
        let mut starting = Command::new(this);
        // In a process group of its own, Ctrl-C in the terminal does not reach it.
        starting
            .arg(GUARD_TASK)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        let mut guard = starting
            .spawn()
            .map_err(|e| command::cannot_run(&starting, &e))?;

        let lifeline = guard.stdin.take();
        let mut said = String::new();
        if let Some(stdout) = guard.stdout.take() {
            // A guard that gives up says why on standard error and closes this without a word.
            let _ = BufReader::new(stdout).read_line(&mut said);
        }
        let server = Self {
            guard,
            lifeline,
            port: said.trim().parse().unwrap_or(0),
        };
        if server.port == 0 {
            return Err("the private PostgreSQL server did not start".to_owned());
        }
        Ok(server)
    }

    /// Tells a program where the server is.
    pub(crate) fn tell(&self, command: &mut Command) {
        let port = self.port;
        command
            .env("SLOTBRIDGE_TEST_ENGINE", "postgres")
            .env(
                "SLOTBRIDGE_TEST_DATABASE_URL",
                format!("postgres://{TEST_ROLE}@127.0.0.1:{port}/postgres"),
            )
            .env(
                "SLOTBRIDGE_TEST_POSTGRES",
                std::env::current_exe().unwrap_or_default(),
            )
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", port.to_string())
            .env("PGUSER", TEST_ROLE)
            .env("PGDATABASE", "postgres");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        if poll(STOP_LIMIT, || self.guard.try_wait().ok().flatten()).is_none() {
            // The server notices that its parent is gone.
            let _ = self.guard.kill();
            let _ = self.guard.wait();
        }
    }
}

/// `cargo xtask postgres -- COMMAND...`
pub(crate) fn run(args: &[String]) -> Outcome {
    let args = match args {
        [dashes, rest @ ..] if dashes == "--" => rest,
        _ => args,
    };
    let Some((program, args)) = args.split_first() else {
        return Err("say what to run: cargo xtask postgres -- COMMAND...".to_owned());
    };
    let server = Server::start()?;
    let mut command = Command::new(program);
    command.args(args);
    server.tell(&mut command);
    let ended = status(&mut command)?;
    drop(server);
    Ok(ended
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
