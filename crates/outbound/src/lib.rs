//! The ways out of the process, each guarded: callbacks of subscriptions, mail and SMS, and the folder
//! with objects.
//!
//! Nothing else of Slotbridge opens a connection to anybody but its database.

mod guarded;
mod lookup;
mod networks;

pub use guarded::GuardedCallbacks;
pub use lookup::{Addresses, Lookup, System};
pub use networks::{LOOPBACK, Network, may_reach};
mod folder;
mod mail;
mod post;
mod sms;

pub use folder::ObjectFolder;
pub use mail::Mail;
pub use post::Post;
pub use sms::Sms;

use slotbridge_hub::outgoing::{
    Callback, CallbackFailure, Callbacks, Channel, ErrorType, Message, Messages, NotSent, Sending,
};

/// Sends nothing, and says so.
#[derive(Clone, Copy, Debug)]
pub struct Closed;

impl Callbacks for Closed {
    fn post(&self, _: Callback) -> Sending<'_, CallbackFailure> {
        Box::pin(async {
            Err(CallbackFailure {
                error_type: ErrorType::ConnectError,
                message: "this hub sends no callbacks".to_owned(),
            })
        })
    }
}

impl Messages for Closed {
    fn sends(&self, _: Channel) -> bool {
        false
    }

    fn send(&self, _: Message) -> Sending<'_, NotSent> {
        Box::pin(async {
            Err(NotSent {
                again: false,
                why: "this hub sends no messages".to_owned(),
            })
        })
    }
}
