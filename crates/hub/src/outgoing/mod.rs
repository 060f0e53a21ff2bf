//! The ways out of the process, passed in like time and randomness: a use case never takes one. It
//! writes what is to be sent, in its transaction; what sends it runs afterwards.

mod callbacks;
mod messages;

pub use callbacks::{Callback, CallbackFailure, Callbacks, ErrorType};
pub use messages::{Channel, Message, Messages, NotSent};

use std::pin::Pin;
use std::sync::Arc;

/// What sending something comes to.
pub type Sending<'a, E> = Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'a>>;

/// All ways out.
#[derive(Clone)]
pub struct Outgoing {
    /// To the callbacks of subscriptions.
    pub callbacks: Arc<dyn Callbacks>,
    /// To patients and practices, by mail and SMS.
    pub messages: Arc<dyn Messages>,
}
