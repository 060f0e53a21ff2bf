//! A log line for people.

use slotbridge_hub::call;
use std::fmt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Compact, Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes compact lines, with the call's id at the end.
pub(super) struct Readable(Format<Compact>);

impl Readable {
    pub(super) fn new(colour: bool) -> Self {
        Self(
            tracing_subscriber::fmt::format()
                .compact()
                .with_ansi(colour),
        )
    }
}

impl<S, N> FormatEvent<S, N> for Readable
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        writer.write_str(line.trim_end())?;
        if let Some(id) = call::current() {
            write!(writer, " call_id={}", (*id).as_ref())?;
        }
        writeln!(writer)
    }
}
