//! `slotbridge agent init`: a settings file to be filled in.

use crate::failure::Failure;
use crate::out::{quoted, say};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file.
const TEMPLATE: &str = include_str!("agent.toml");

/// Writes it; what is there already stays as it is.
pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    let fails = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("{shown} is there already: choose another name"))
        }
        _ => Failure::new(format!("{shown} cannot be written: {error}")),
    };
    // It is to hold keys.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(fails)?;
    file.write_all(TEMPLATE.as_bytes()).map_err(fails)?;
    file.sync_all().map_err(fails)?;
    say!("{shown} is written. Put in what is empty, then:");
    say!("  slotbridge agent check --config {}", quoted(path));
    say!("  slotbridge agent --config {}", quoted(path));
    Ok(())
}
