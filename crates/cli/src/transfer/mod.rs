//! A store in a file, and back: what `slotbridge backup` and `slotbridge restore` do around the
//! store's own part.

mod objects;
mod report;

use crate::config::Settings;
use crate::failure::Failure;
use crate::file::{self, Input, Output};
use crate::{progress, serve, system};
use objects::Objects;
use report::Report;
use slotbridge_store::Location;
use slotbridge_store::transfer::{self, Summary, TransferError};
use std::path::Path;

/// Names the file where it is what is wrong.
fn in_file(shown: &str, error: &TransferError) -> Failure {
    match error {
        TransferError::Store(_) => Failure::new(error.to_string()),
        _ => Failure::new(format!("{shown}: {error}")),
    }
}

/// How long something took, in seconds.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let clock = system::clock();
    let begun = clock.now();
    let done = work();
    (done, clock.now().duration_since(begun).as_secs_f64())
}

/// Backs the store of these settings up.
pub(crate) fn backup(
    settings: &Settings,
    path: &Path,
    force: bool,
    json: bool,
) -> Result<(), Failure> {
    let mut output = Output::open(path, force)?;
    let shown = output.shown();
    let location = serve::location(settings);
    let objects = Objects::of(settings);
    let now = system::clock().now();
    let bar = progress::rows();
    let mut watch = |done: u64, all: u64| progress::show(&bar, done, all);
    // Counting first costs a look at everything: only for somebody who looks on.
    let watch = progress::is_watched().then_some(&mut watch as transfer::Watch<'_>);
    let (summary, seconds) = timed(|| {
        let summary = transfer::backup_with_objects(&location, &objects, now, &mut output, watch);
        let summary = summary.map_err(|error| in_file(&shown, &error))?;
        output.keep()?;
        Ok::<Summary, Failure>(summary)
    });
    bar.finish_and_clear();
    let report = Report {
        summary: summary?,
        seconds,
        file: &shown,
    };
    let (rows, size) = (report.rows(), report.size());
    let line = format!("Backed up {rows} in {size} to {shown} in {seconds:.1} s.");
    report.print(&line, json, file::is_standard(path));
    Ok(())
}

/// Checks a backup.
pub(crate) fn verify(path: &Path, json: bool) -> Result<(), Failure> {
    let input = Input::open(path)?;
    let shown = input.shown();
    let bar = input.bar();
    let (summary, seconds) = timed(|| transfer::verify(bar.wrap_read(input)));
    bar.finish_and_clear();
    let report = Report {
        summary: summary.map_err(|error| in_file(&shown, &error))?,
        seconds,
        file: &shown,
    };
    let line = format!("{shown} is whole: {}.", report.described());
    report.print(&line, json, false);
    Ok(())
}

/// Restores a backup into the store of these settings.
pub(crate) fn restore(settings: &Settings, path: &Path, json: bool) -> Result<(), Failure> {
    let key = serve::existing_master_key(settings)?;
    let input = Input::open(path)?;
    let shown = input.shown();
    let location = serve::location(settings);
    let place = match &location {
        Location::Folder(folder) => {
            serve::make_folder(folder)?;
            folder.display().to_string()
        }
        Location::Postgres(_) => "the PostgreSQL database".to_owned(),
    };
    let objects = Objects::of(settings);
    let bar = input.bar();
    let (summary, seconds) =
        timed(|| transfer::restore_with_objects(&location, &objects, &key, bar.wrap_read(input)));
    bar.finish_and_clear();
    let report = Report {
        summary: summary.map_err(|error| in_file(&shown, &error))?,
        seconds,
        file: &shown,
    };
    let (rows, size) = (report.rows(), report.size());
    let line = format!("Restored {rows} from {size} into {place} in {seconds:.1} s.");
    report.print(&line, json, false);
    Ok(())
}
