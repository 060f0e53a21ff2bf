//! The ways out of the process, passed in like time and randomness: a transaction never takes one. It
//! writes what is to be sent; what sends it runs afterwards. (Objects go out before the transaction
//! that names them: see [`crate::content`].)

mod callbacks;
mod messages;
mod objects;

pub use callbacks::{Callback, CallbackFailure, Callbacks, ErrorType};
pub use messages::{Channel, Message, Messages, NotSent};
pub use objects::{ObjectFailure, Objects};

use std::pin::Pin;
use std::sync::Arc;

/// What sending something comes to.
pub type Sending<'a, E> = Doing<'a, (), E>;

/// What something that takes its time comes to.
pub type Doing<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// All ways out.
#[derive(Clone)]
pub struct Outgoing {
    /// To the callbacks of subscriptions.
    pub callbacks: Arc<dyn Callbacks>,
    /// To patients and practices, by mail and SMS.
    pub messages: Arc<dyn Messages>,
    /// To where bulky content is kept.
    pub objects: Arc<dyn Objects>,
}
