//! The hub as a running process: a store that is open, an address that answers, workers behind,
//! and an orderly end.

mod connections;
mod folder;
mod greeting;
mod keys;
mod logs;
mod open;
mod signals;
mod workers;

pub(crate) use connections::Server;
pub(crate) use folder::{OPERATOR_TOKEN, make as make_folder};
pub(crate) use greeting::url;
pub(crate) use keys::{TokenPlace, existing_master_key, new_master_key, prepare_new_master_key};
pub(crate) use logs::{Form, start as start_logs};
pub(crate) use open::{Opened, location, open};
pub(crate) use signals::Signals;

use crate::config::Settings;
use crate::failure::Failure;
use slotbridge_api::{AdoptTrace, ApiOptions, CallFigures, Limits, Pages};
use slotbridge_web::{Charts, WebOptions};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use workers::Workers;

/// Is done when the hub is to stop.
pub(crate) async fn stopping(stopped: &mut watch::Receiver<bool>) {
    // Whoever could say so is gone: that is an end, too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// A hub that serves.
pub(crate) struct Running {
    /// Where it answers.
    pub(crate) address: SocketAddr,
    hub: slotbridge_hub::Hub,
    server: Server,
    workers: Workers,
    stop: watch::Sender<bool>,
    draining: Arc<AtomicBool>,
}

/// Takes the address. Done before the store is opened, so that a port in use is told at once.
pub(crate) async fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    let address = settings.listen;
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "something else listens there: stop it, or choose another address with --listen \
                 (port 0 takes any free one)"
            }
            std::io::ErrorKind::PermissionDenied => {
                "this user may not: choose a port above 1023 with --listen"
            }
            std::io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address: choose another with --listen"
            }
            _ => "choose another address with --listen",
        };
        Failure::new(format!("cannot listen on {address}: {error}; {advice}"))
    })
}

impl Running {
    /// Serves an open hub on an address.
    pub(crate) fn start(
        settings: &Settings,
        listener: TcpListener,
        opened: &Opened,
        adopt_trace: Option<AdoptTrace>,
    ) -> Result<Self, Failure> {
        let draining = Arc::<AtomicBool>::default();
        let address = listener
            .local_addr()
            .map_err(|error| Failure::new(format!("the address cannot be read: {error}")))?;
        let limits = Limits {
            body_bytes: settings.body_limit_bytes,
            document_body_bytes: settings.document_body_limit_bytes,
            requests_per_minute: settings.booking_requests_per_minute,
            trusted_proxies: settings.trusted_proxies.clone(),
        };
        let hub = opened.hub.clone();
        let calls = CallFigures::default();
        let of_charts = calls.clone();
        let read = Arc::new(move || of_charts.by_face());
        let charts = Arc::new(Charts::new(CallFigures::BOUNDS, read));
        let of_web = WebOptions {
            public_url: hub.settings().public_url.clone(),
            draining: Arc::clone(&draining),
            charts: Arc::clone(&charts),
        };
        let pages = Pages {
            router: slotbridge_web::router(hub.clone(), &of_web),
            failure: slotbridge_web::told,
        };
        let options = ApiOptions {
            sandbox: opened.sandbox.clone(),
            faults: opened.faults.clone(),
            recorder: opened.recorder.clone(),
            limits,
            metrics_readers: settings.metrics_readers.clone(),
            draining: Arc::clone(&draining),
            pages: Some(pages),
            calls,
            adopt_trace,
        };
        let (stop, stopped) = watch::channel(false);
        let router = slotbridge_api::router(hub.clone(), options);
        let server = Server::start(listener, router, stopped.clone());
        let workers = Workers::start(&hub, settings.outgoing, charts, &stopped);
        Ok(Self {
            address,
            hub,
            server,
            workers,
            stop,
            draining,
        })
    }

    /// The hub that is served.
    pub(crate) const fn hub(&self) -> &slotbridge_hub::Hub {
        &self.hub
    }

    /// From now on it says that it is not ready, and goes on serving for so long, so that whoever
    /// sends it calls can send them elsewhere.
    pub(crate) async fn drain(&self, seconds: u64) {
        self.draining.store(true, Ordering::Relaxed);
        if seconds > 0 {
            tracing::info!(seconds, "no longer ready, still serving");
            crate::system::pause(Duration::from_secs(seconds)).await;
        }
    }

    /// Finishes what was accepted and ends. The hub is given back: whoever drops the last of it
    /// closes the store, which must not happen on an async thread.
    pub(crate) async fn stop(self) -> slotbridge_hub::Hub {
        self.stop.send_replace(true);
        self.server.finish().await;
        self.workers.finish().await;
        if let Err(error) = self.hub.flush_contacts().await {
            tracing::warn!(%error, "the last contacts could not be written");
        }
        self.hub
    }
}

/// `slotbridge serve`: until a signal.
pub(crate) fn run(settings: &Settings) -> Result<(), Failure> {
    let logs = logs::start(&settings.log, Form::of_stderr())?;
    let runtime = runtime()?;
    let hub = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let listener = listen(settings).await?;
        let opened = open(settings).await?;
        let running = Running::start(settings, listener, &opened, logs.adopt)?;
        greeting::print(settings, &running, &opened);
        drop(opened);
        tracing::info!(address = %running.address, "serving");
        let signal = signals.next().await;
        tracing::info!(signal, "stopping: finishing what was accepted");
        signals.exit_on_next();
        running.drain(settings.drain_seconds).await;
        Ok::<_, Failure>(running.stop().await)
    })?;
    drop(runtime);
    drop(hub);
    tracing::info!("stopped");
    logs.finish();
    Ok(())
}

/// The runtime of commands that serve.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("the runtime cannot be started: {error}")))
}
