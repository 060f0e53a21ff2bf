//! Mail and SMS, as far as an operator has set them up.

use crate::{Mail, Sms};
use slotbridge_hub::outgoing::{Channel, Message, Messages, NotSent, Sending};

/// The ways by which messages go. Without any, all stay in the outbox.
#[derive(Default)]
pub struct Post {
    /// Mail.
    pub mail: Option<Mail>,
    /// SMS.
    pub sms: Option<Sms>,
}

impl Messages for Post {
    fn sends(&self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.mail.is_some(),
            Channel::Sms => self.sms.is_some(),
        }
    }

    fn send(&self, message: Message) -> Sending<'_, NotSent> {
        Box::pin(async move {
            match (message.channel, &self.mail, &self.sms) {
                (Channel::Mail, Some(mail), _) => mail.send(message).await,
                (Channel::Sms, _, Some(sms)) => sms.send(message).await,
                _ => Err(NotSent {
                    again: false,
                    why: "this hub does not send by that way".to_owned(),
                }),
            }
        })
    }
}
