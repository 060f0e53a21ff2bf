//! Where the callbacks of a hub in a test go.

use parking_lot::Mutex;
use slotbridge_hub::outgoing::{Callback, CallbackFailure, Callbacks, ErrorType, Sending};

/// How a receiver answers: made anew for each callback.
type Answering = Box<dyn Fn(&Callback) -> Sending<'static, CallbackFailure> + Send + Sync>;

/// Takes the callbacks of a hub, writes them down, and answers as a test says: with success, if
/// it says nothing.
pub struct Receiver {
    calls: Mutex<Vec<Callback>>,
    answering: Mutex<Answering>,
}

impl Default for Receiver {
    fn default() -> Self {
        Self {
            calls: Mutex::default(),
            answering: Mutex::new(Box::new(|_| Box::pin(async { Ok(()) }))),
        }
    }
}

impl Receiver {
    /// What has come since this was last asked.
    #[must_use]
    pub fn take(&self) -> Vec<Callback> {
        std::mem::take(&mut *self.calls.lock())
    }

    /// How many have come since the last [`Receiver::take`].
    #[must_use]
    pub fn count(&self) -> usize {
        self.calls.lock().len()
    }

    /// Answers each callback from now on as `answer` does.
    pub fn answer_by(
        &self,
        answer: impl Fn(&Callback) -> Sending<'static, CallbackFailure> + Send + Sync + 'static,
    ) {
        *self.answering.lock() = Box::new(answer);
    }

    /// Lets each callback succeed.
    pub fn succeed(&self) {
        self.answer_by(|_| Box::pin(async { Ok(()) }));
    }

    /// Lets each callback fail in a way.
    pub fn fail(&self, error_type: ErrorType) {
        self.answer_by(move |_| {
            Box::pin(async move {
                Err(CallbackFailure {
                    error_type,
                    message: "as the test says".to_owned(),
                })
            })
        });
    }
}

impl Callbacks for Receiver {
    fn post(&self, callback: Callback) -> Sending<'_, CallbackFailure> {
        let answer = (self.answering.lock())(&callback);
        self.calls.lock().push(callback);
        answer
    }
}
