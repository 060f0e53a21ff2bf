//! How the agent writes its files.

use crate::fault::Fault;
use csv::Writer;
use std::fs::File;
use std::io;
use std::path::Path;

/// Writes a file beside its place, and puts it there when it is whole and on the disk.
pub(crate) fn replace<R: IntoIterator<Item = String>>(
    folder: &Path,
    file: &'static str,
    columns: &[&str],
    rows: impl Iterator<Item = R>,
) -> Result<(), Fault> {
    let beside = folder.join(format!(".{file}.partial"));
    let write = || -> io::Result<()> {
        let mut writer = Writer::from_writer(File::create(&beside)?);
        writer.write_record(columns)?;
        for row in rows {
            writer.write_record(row.into_iter().map(guarded))?;
        }
        let whole = writer
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        whole.sync_all()?;
        // Not every system lets a file be renamed that is open.
        drop(whole);
        std::fs::rename(&beside, folder.join(file))?;
        sync(folder)
    };
    write().map_err(|error| Fault::Unwritable(file, error.to_string()))
}

/// Without this a power cut may bring the file before back.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A cell that a spreadsheet takes for text. Patients write some of these, and somebody will open the
/// file by a double click: `=HYPERLINK(...)` must not become what it says.
fn guarded(cell: String) -> String {
    if is_formula(&cell) {
        format!("'{cell}")
    } else {
        cell
    }
}

/// The cell that was guarded.
pub(crate) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(inner) if is_formula(inner) => inner,
        _ => cell,
    }
}

/// Whether a cell begins as a formula does; a phone number does not. Apostrophes before it are passed
/// over: so what was guarded can be told from what somebody wrote with one.
fn is_formula(cell: &str) -> bool {
    let cell = cell.trim_start_matches('\'');
    let is_number = |rest: &str| {
        rest.bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'(' | b')' | b'.'))
    };
    match cell.strip_prefix(['+', '-']) {
        Some(rest) => !is_number(rest),
        None => cell.starts_with(['=', '@', '\t', '\r']),
    }
}
