//! Logs go to stderr: readable on a terminal, JSON otherwise. Every line that is logged while a
//! call is answered carries the call's id, in whatever part of the hub it was written.

mod json;
mod panics;
mod readable;
#[cfg(feature = "otlp")]
mod traces;

use crate::failure::Failure;
use json::Json;
use readable::Readable;
use slotbridge_api::AdoptTrace;
use std::io::IsTerminal;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// How a log line is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Readable,
    /// For machines.
    Json,
}

impl Form {
    /// What fits where stderr goes.
    pub(crate) fn of_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Readable
        } else {
            Self::Json
        }
    }
}

/// What goes on as long as this lives: with traces, their export, whose last part is sent when it
/// is dropped.
pub(crate) struct Logs {
    /// How a call continues the trace of its caller.
    pub(crate) adopt: Option<AdoptTrace>,
    #[cfg(feature = "otlp")]
    traces: Option<traces::Traces>,
}

impl Logs {
    /// Sends what is left to be sent.
    pub(crate) fn finish(self) {
        #[cfg(feature = "otlp")]
        drop(self.traces);
    }
}

fn layer(form: Form) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match form {
        Form::Json => layer.event_format(Json).boxed(),
        Form::Readable => {
            let colour = std::io::stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|text| text.is_empty());
            let layer = layer.with_ansi(colour);
            layer.event_format(Readable::new(colour)).boxed()
        }
    }
}

/// Starts logging, and traces if they are built in and asked for. The filter has been checked; a
/// second call changes nothing.
#[cfg_attr(
    not(feature = "otlp"),
    expect(
        clippy::unnecessary_wraps,
        reason = "the exporter may refuse its settings"
    )
)]
pub(crate) fn start(filter: &str, form: Form) -> Result<Logs, Failure> {
    let filter = EnvFilter::builder().parse_lossy(filter);
    std::panic::set_hook(Box::new(panics::tell));
    #[cfg(feature = "otlp")]
    {
        let started = traces::start()?;
        let adopt = started.as_ref().map(|_| traces::adopt as AdoptTrace);
        let (spans, traces) = started.unzip();
        let _ = tracing_subscriber::registry()
            .with(layer(form).with_filter(filter))
            .with(spans)
            .try_init();
        Ok(Logs { adopt, traces })
    }
    #[cfg(not(feature = "otlp"))]
    {
        let _ = tracing_subscriber::registry()
            .with(layer(form).with_filter(filter))
            .try_init();
        Ok(Logs { adopt: None })
    }
}
