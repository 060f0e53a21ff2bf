//! Running other programs, and the few facts about the machine that every task asks for.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// The folder of the workspace, wherever the clone was moved to since this was compiled.
pub(crate) fn workspace_root() -> PathBuf {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest_dir
        .parent()
        .map_or_else(|| manifest_dir.clone(), Path::to_path_buf)
}

/// Cargo, in the workspace, with the environment a person's shell would give it.
///
/// `cargo run` describes this crate in variables (`CARGO_PKG_NAME`, …). Build scripts that watch
/// those would build again at every change between `cargo xtask` and a plain `cargo`.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root()).args(args);
    for (name, _) in std::env::vars_os() {
        let described = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if described {
            command.env_remove(name);
        }
    }
    command
}

/// A folder of what is built.
pub(crate) fn built(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    target
        .map_or_else(|| workspace_root().join("target"), PathBuf::from)
        .join(name)
}

/// Whether the program can be started and says that all went well; nothing it prints is shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a program to its end, its output shown.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus, String> {
    command
        .status()
        .map_err(|error| cannot_run(command, &error))
}

/// Runs a program to its end and keeps its output; one that fails is an error with its last words.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| cannot_run(command, &error))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&stderr);
    Err(format!(
        "{} failed ({status}): {}",
        name_of(command),
        words.trim()
    ))
}

/// How an error names the program.
pub(crate) fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The sentence for a program that could not even be started.
pub(crate) fn cannot_run(command: &Command, error: &std::io::Error) -> String {
    format!("cannot run {}: {error}", name_of(command))
}

/// Whether this process may do anything on the machine.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0")
}

/// The moment, for durations that a person reads.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer task times what it ran"
)]
pub(crate) fn moment() -> Instant {
    Instant::now()
}

/// Asks again and again until the answer is there; `None` when `limit` passed without one.
#[expect(
    clippy::disallowed_methods,
    reason = "another process's state can only be polled"
)]
pub(crate) fn poll<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if start.elapsed() > limit {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
