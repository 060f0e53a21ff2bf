//! Messages to people: mail and SMS.

use super::Sending;

/// By which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Mail.
    Mail,
    /// A short message to a phone.
    Sms,
}

/// A message to somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// By which way.
    pub channel: Channel,
    /// The address or phone number.
    pub to: String,
    /// The subject, of a mail.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Message {
    /// Without a word of it: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message by {:?}", self.channel)
    }
}

/// Why a message could not be sent, without a word of it.
#[derive(Clone, Debug)]
pub struct NotSent {
    /// Whether it may go later; else it never will.
    pub again: bool,
    /// Why, for the operator.
    pub why: String,
}

/// Whoever can send messages.
pub trait Messages: Send + Sync {
    /// Whether it sends by that way at all; what it does not send is kept in the outbox.
    fn sends(&self, channel: Channel) -> bool;

    /// Hands one over.
    fn send(&self, message: Message) -> Sending<'_, NotSent>;
}
