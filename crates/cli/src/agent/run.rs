//! `slotbridge agent`: all clinics, until a signal.

use super::callbacks::Callbacks;
use super::clinic::Kept;
use super::clinics::Clinic;
use super::config::{self, Config};
use super::news::Speaker;
use super::state;
use crate::failure::Failure;
use crate::out::{say, strong};
use crate::serve::{Form, Server, Signals, runtime, start_logs, url};
use slotbridge_agent::receiver::Receiver;
use slotbridge_agent::state::State;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

/// Clinics poll every so often; they share it evenly.
const ROUND: Duration = Duration::from_secs(5);
/// How long clinics have to end.
const FINISH: Duration = Duration::from_secs(20);
/// What to do about another agent.
const ADVICE: &str = "stop that agent first, or give this one a file of its own as `state`";

/// Runs all clinics of a file.
pub(crate) fn run(path: &Path, log: Option<String>) -> Result<(), Failure> {
    let log = log.or_else(|| std::env::var("SLOTBRIDGE_LOG").ok());
    let log = log.unwrap_or_else(|| "info".to_owned());
    EnvFilter::builder().parse(&log).map_err(|_| {
        Failure::usage(
            "--log (SLOTBRIDGE_LOG) must be levels, such as info or warn,slotbridge_agent=debug",
        )
    })?;
    let config = config::good(path)?;
    let logs = start_logs(&log, Form::of_stderr())?;
    let runtime = runtime()?;
    runtime.block_on(work(config))?;
    drop(runtime);
    tracing::info!("stopped");
    logs.finish();
    Ok(())
}

async fn work(mut config: Config) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let callbacks = match config.callbacks.take() {
        Some(callbacks) => Some((listen(callbacks.listen).await?, callbacks)),
        None => None,
    };
    let state = state::open(&config.state, ADVICE)?;
    greet(&config, callbacks.as_ref().map(|(listener, _)| listener));
    let (stop, stopped) = watch::channel(false);
    let kept = kept(config.clinics, &state);
    let server = callbacks.map(|(listener, callbacks)| {
        let router = receiver(callbacks, &kept).router();
        Server::start(listener, router, stopped.clone())
    });
    let clinics = kept.into_iter();
    let mut tasks: JoinSet<()> = clinics.map(|kept| kept.keep(stopped.clone())).collect();
    let signal = signals.next().await;
    tracing::info!(signal, "stopping");
    signals.exit_on_next();
    stop.send_replace(true);
    if let Some(server) = server {
        server.finish().await;
    }
    let ends = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH, ends).await.is_err() {
        tracing::warn!("some clinics did not end in time: the next start takes up where they are");
    }
    Ok(())
}

/// The clinics with what they share.
fn kept(clinics: Vec<Clinic>, state: &State) -> Vec<Kept> {
    let all = clinics.len();
    let hub = Speaker::of_hub();
    let clinics = clinics.into_iter().zip(0..);
    let kept = clinics.map(|(clinic, at)| Kept {
        speaker: Speaker::of_clinic(&clinic.settings.name, &hub),
        clinic,
        state: state.clone(),
        outstanding: Arc::new(Notify::new()),
        offset: offset(at, all),
    });
    kept.collect()
}

/// A clinic's part of the round.
fn offset(at: u32, all: usize) -> Duration {
    ROUND * at / u32::try_from(all).unwrap_or(u32::MAX).max(1)
}

/// Takes the hub's callbacks for all clinics.
fn receiver(callbacks: Callbacks, kept: &[Kept]) -> Receiver {
    let mut receiver = Receiver::new(callbacks.verifier, state::now());
    for one in kept {
        receiver.wakes(&one.clinic.settings.name, Arc::clone(&one.outstanding));
    }
    receiver
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(format!(
            "cannot listen on {address}: {error}; put another address in as callbacks.listen"
        ))
    })
}

/// What it says when it begins.
fn greet(config: &Config, listener: Option<&TcpListener>) {
    let clinics = match config.clinics.len() {
        1 => "1 clinic".to_owned(),
        all => format!("{all} clinics"),
    };
    say!(
        "Slotbridge agent {} runs {clinics}.",
        env!("CARGO_PKG_VERSION")
    );
    say!("  Hub        {}", strong(&config.hub));
    say!("  State      {}", config.state.display());
    match listener.and_then(|listener| listener.local_addr().ok()) {
        Some(address) => say!("  Callbacks  {}", strong(&url(address))),
        None => say!("  Callbacks  none: the hub is polled every 5 seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinics_share_the_round_evenly() {
        let offsets: Vec<u128> = (0..4).map(|at| offset(at, 4).as_millis()).collect();
        assert_eq!(offsets, [0, 1250, 2500, 3750]);
        assert_eq!(offset(999, 1000).as_millis(), 4995);
    }
}
