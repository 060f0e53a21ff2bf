//! Which call the present work is for, so that every line of the log can name it: the task that
//! answers a call has its id, and the engine's threads take it over with the work.
//!
//! A tracing span would do the same, at the price of a span for every poll.

use std::sync::Arc;

/// The id of a call, as whoever answers it keeps it.
pub type Id = Arc<dyn AsRef<str> + Send + Sync>;

tokio::task_local! {
    static ID: Id;
}

/// Does `work` for the call of that id.
pub async fn scope<F: Future>(id: Id, work: F) -> F::Output {
    ID.scope(id, work).await
}

/// The id of the call that the present work is for, if it is for one.
#[must_use]
pub fn current() -> Option<Id> {
    ID.try_with(Arc::clone).ok()
}

/// Does `work` for the call of that id, if there is one.
pub(crate) fn within<T>(id: Option<Id>, work: impl FnOnce() -> T) -> T {
    match id {
        Some(id) => ID.sync_scope(id, work),
        None => work(),
    }
}
