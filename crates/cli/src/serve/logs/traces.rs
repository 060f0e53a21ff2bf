//! Traces over OTLP (http/protobuf), set by the standard `OTEL_*` variables: a span for every
//! call, with the store's transactions within it.

use crate::failure::Failure;
use axum::http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// The export of spans. Dropped, it sends what it still has.
pub(super) struct Traces(SdkTracerProvider);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Begins to export, if an endpoint is named.
pub(super) fn start<S>() -> Result<Option<(impl Layer<S>, Traces)>, Failure>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let endpoint = given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        .or_else(|| given("OTEL_EXPORTER_OTLP_ENDPOINT"));
    let disabled = given("OTEL_SDK_DISABLED").is_some_and(|text| text == "true");
    if endpoint.is_none() || disabled {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .build()
        .map_err(|error| Failure::new(format!("traces cannot be exported: {error}")))?;
    let resource = Resource::builder();
    let resource = match given("OTEL_SERVICE_NAME") {
        Some(_) => resource,
        None => resource.with_service_name("slotbridge"),
    };
    let provider = SdkTracerProvider::builder()
        .with_resource(resource.build())
        .with_batch_exporter(exporter)
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("slotbridge"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(Targets::new().with_target("slotbridge", Level::DEBUG));
    Ok(Some((layer, Traces(provider))))
}

/// Makes a span the child of the one that `traceparent` names.
pub(super) fn adopt(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    let _ = span.set_parent(parent);
}
