//! What is counted of deliveries.

use crate::outgoing::ErrorType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// A label with its value.
type Label = [(&'static str, &'static str); 1];

/// The figures of one hub.
#[derive(Default)]
pub(super) struct Figures(Family<Label, Counter>);

impl Figures {
    /// An attempt is over.
    pub(super) fn attempted(&self, failure: Option<ErrorType>) {
        let outcome = failure.map_or("delivered", ErrorType::as_str);
        self.0.get_or_create(&[("outcome", outcome)]).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "slotbridge_delivery_attempts",
            "Callbacks that were tried, by what came of it",
            self.0.clone(),
        );
    }
}
