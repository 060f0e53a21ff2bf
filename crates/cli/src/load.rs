//! Load on a hub: what is wanted is made, watched and told.

use crate::admin::operator_token;
use crate::failure::Failure;
use crate::file::Output;
use crate::out::{self, bad, faint, good, say};
use crate::progress;
use crate::serve::Signals;
use crate::system::{clock, random};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_load::{
    Address, Callbacks, Done, Error, Fleet, Limit, Progress, Report, Settings, Shape, Wanted,
};
use std::cell::Cell;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// What is wanted.
pub(crate) struct Options {
    pub(crate) settings: Settings,
    pub(crate) shape: Shape,
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) state: PathBuf,
    pub(crate) beside_others: bool,
    pub(crate) practices: usize,
    pub(crate) callbacks: Option<SocketAddr>,
    pub(crate) callback_url: Option<String>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) set_up_only: bool,
}

/// How often a line is written where no terminal shows the last one.
const LINE_SECONDS: u64 = 10;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.to_string())
    }
}

/// A seed that is another each time; short, so that it can be said again.
pub(crate) fn any_seed() -> u64 {
    let [a, b, c, d] = random().bytes::<4>();
    u64::from(u32::from_be_bytes([a, b, c, d]))
}

/// Makes load, and tells what came of it.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if options.settings.warm_up >= options.settings.lasting {
        return Err(Failure::usage(
            "nothing would count: --duration must be longer than --warm-up",
        ));
    }
    // What cannot be written is told before anything is done.
    let open = |path: &Option<PathBuf>| path.as_deref().map(open).transpose();
    let (json, page) = (open(&options.json)?, open(&options.report)?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("the runtime cannot be started: {error}")))?;
    runtime.block_on(async {
        let began = clock().now();
        let fleet = prepare(options, began).await?;
        if options.set_up_only {
            return Ok(());
        }
        let callbacks = listen(options).await?;
        let (settings, practices) = (&options.settings, fleet.practices.len());
        if let Some(callbacks) = &callbacks {
            slotbridge_load::subscribe(&fleet, settings, callbacks).await?;
        }
        let mut signals = Signals::new()?;
        let stop = async move {
            signals.next().await;
            signals.exit_on_next();
        };
        let done = slotbridge_load::run(fleet, settings, callbacks, watch(settings), stop).await;
        forget_line();
        tell(options, &done, practices, began, (json, page))
    })
}

fn open(path: &Path) -> Result<Output, Failure> {
    Output::open(path, true)
}

async fn prepare(options: &Options, began: Timestamp) -> Result<Fleet, Failure> {
    let address = Address::of(&options.url)?;
    let (given, folder) = (options.token.clone(), options.data_dir.as_deref());
    let token = operator_token(&options.url, given, folder)?;
    let wanted = Wanted {
        address: &address,
        token: &token,
        practices: options.practices,
        shape: options.shape,
        today: began.to_zoned(TimeZone::UTC).date(),
        state: &options.state,
        beside_others: options.beside_others,
    };
    let fleet = slotbridge_load::prepare(&wanted, &told).await?;
    forget_line();
    let (practices, file) = (fleet.practices.len(), options.state.display());
    say!("{practices} practices are there; {file} knows them again and holds their keys");
    Ok(fleet)
}

/// Tells how far the set-up is.
fn told(what: &'static str, done: usize, of: usize) {
    if progress::is_watched() && (done.is_multiple_of(64) || done == of) {
        line(&format!("{done} of {of} {what}"));
    }
}

/// Writes a line over the last one.
fn line(text: &str) {
    let _ = write!(std::io::stderr(), "\r{text}\u{1b}[K");
}

fn forget_line() {
    if progress::is_watched() {
        line("");
    }
}

/// Shows each second how far the run is: on a terminal in one line, elsewhere now and then in one of
/// many.
fn watch(settings: &Settings) -> impl Fn(Progress) + 'static {
    let (all, before) = (settings.lasting.as_secs(), Cell::new(0));
    move |progress| {
        let seconds = progress.elapsed.as_secs();
        let watched = progress::is_watched();
        if !watched && (seconds == 0 || !seconds.is_multiple_of(LINE_SECONDS)) {
            return;
        }
        let sent = progress.sent - before.replace(progress.sent);
        let rate = if watched { sent } else { sent / LINE_SECONDS };
        let text = format!(
            "{seconds} of {all} s: {rate} calls/s, {} failed, {} not sent, {} in the air",
            progress.failed, progress.unsent, progress.in_air
        );
        if watched {
            line(&text);
        } else {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

async fn listen(options: &Options) -> Result<Option<Callbacks>, Failure> {
    let Some(address) = options.callbacks else {
        return Ok(None);
    };
    let failed = |error| Failure::new(format!("callbacks cannot be taken at {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let url = options.callback_url.clone();
    let url = url.unwrap_or_else(|| format!("http://{bound}/"));
    Ok(Some(Callbacks {
        listener,
        url: if url.ends_with('/') { url } else { url + "/" },
        present: clock().now(),
    }))
}

fn tell(
    options: &Options,
    done: &Done,
    practices: usize,
    began: Timestamp,
    (json, page): (Option<Output>, Option<Output>),
) -> Result<(), Failure> {
    let broken = options.limits.iter();
    let broken: Vec<String> = broken
        .filter_map(|limit| limit.broken(&done.record))
        .collect();
    let report = Report {
        done,
        settings: &options.settings,
        practices,
        shape: options.shape,
        hub: &options.url,
        when: &began.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        broken: &broken,
    };
    let mut table = out::table();
    table.set_header(Report::titles());
    for row in report.rows() {
        table.add_row(row);
    }
    say!("\n{}\n", table.trim_fmt());
    say!("{}", faint(&format!("{}.", report.lateness())));
    say!(
        "{}",
        faint(&format!(
            "The same plan again: --seed {}",
            options.settings.seed
        ))
    );
    keep(json, || Ok(format!("{:#}\n", report.json())))?;
    keep(page, || {
        report
            .html()
            .map_err(|error| Failure::new(format!("no report: {error}")))
    })?;
    let faults = report.faults();
    if faults.is_empty() {
        say!("{}", good("All of it was answered well."));
        return Ok(());
    }
    for fault in faults {
        say!("{}", bad(&fault));
    }
    Err(Failure::told())
}

fn keep(
    file: Option<Output>,
    text: impl FnOnce() -> Result<String, Failure>,
) -> Result<(), Failure> {
    let Some(mut file) = file else {
        return Ok(());
    };
    let written = file
        .write_all(text()?.as_bytes())
        .and_then(|()| file.flush());
    let shown = file.shown();
    written.map_err(|error| Failure::new(format!("{shown} cannot be written: {error}")))?;
    file.keep()
}
