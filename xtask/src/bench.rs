//! `cargo xtask bench`: the server against the limits of what it stands on.

use crate::Outcome;
use crate::command::{built, cargo, status};
use crate::install;
use crate::postgres::Server;
use std::process::{Command, ExitCode};

/// Builds what is measured and what measures, and runs it beside a durable PostgreSQL server.
pub(crate) fn run(args: &[String]) -> Outcome {
    let packages = ["--package=slotbridge", "--package=slotbridge-bench"];
    let build = [&["build", "--release", "--locked"][..], &packages].concat();
    if !status(&mut cargo(&build))?.success() {
        return Ok(ExitCode::FAILURE);
    }
    install::browser()?;
    let built = built("release");
    let server = Server::start_durable()?;
    let mut bench = Command::new(built.join("slotbridge-bench"));
    bench
        .arg("--server")
        .arg(built.join("slotbridge"))
        .args(args);
    server.tell(&mut bench);
    let ended = status(&mut bench)?;
    drop(server);
    Ok(if ended.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
