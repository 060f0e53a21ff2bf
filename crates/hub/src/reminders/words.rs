//! What a reminder says: where and when, and how to change it or be left alone. Not whom the patient
//! sees or what for, nor the patient's name: others may read it.

use super::receiver::Receiver;
use crate::notices::{call, when};
use crate::outgoing::{Channel, Message};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_store::practices::Practice;

/// What a reminder is made of.
pub(super) struct Words<'w> {
    pub(super) practice: &'w Practice,
    pub(super) when: Timestamp,
    pub(super) zone: &'w TimeZone,
    /// Where reminders are stopped, if the hub has an address that patients reach.
    pub(super) stop: Option<String>,
    /// The token with which they are stopped.
    pub(super) token: &'w str,
}

impl Words<'_> {
    pub(super) fn to(&self, receiver: Receiver) -> Message {
        let (name, call) = (&self.practice.name, call(self.practice));
        let when = when(self.zone, self.when);
        let stop = match &self.stop {
            Some(link) => format!("No more reminders: {link}"),
            None => format!("No more reminders: {}", self.token),
        };
        let text = match receiver.channel {
            Channel::Sms => format!(
                "Reminder: your appointment at {name} is on {when}. To change it, {call}. {stop}"
            ),
            Channel::Mail => format!(
                "This is a reminder of your appointment:\n\n{when}\n{name}\n\nIf you cannot come, \
                 please {call}.\n\n{stop}\n"
            ),
        };
        Message {
            channel: receiver.channel,
            to: receiver.to,
            subject: format!("Reminder of your appointment at {name}"),
            text,
        }
    }
}
