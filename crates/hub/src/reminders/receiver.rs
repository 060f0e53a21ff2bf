//! To whom and by which way a reminder goes: SMS only to whom agreed to it (SNAP-3), else mail.

use crate::Hub;
use crate::client_snapshots::content::Patient;
use crate::outgoing::Channel;
use slotbridge_domain::patient;

/// An address and its way.
pub(crate) struct Receiver {
    pub(super) channel: Channel,
    pub(super) to: String,
}

/// The ways that this hub has. Without any, messages are kept as if it had both.
#[derive(Clone, Copy)]
pub(crate) struct Ways {
    mail_alone: bool,
}

impl Ways {
    pub(crate) fn of(hub: &Hub) -> Self {
        let sends = |channel| hub.outgoing().messages.sends(channel);
        Self {
            mail_alone: sends(Channel::Mail) && !sends(Channel::Sms),
        }
    }

    /// How a patient is reached, if at all.
    pub(super) fn to(self, patient: &Patient) -> Option<Receiver> {
        let sms = mobile(patient).map(|to| Receiver {
            channel: Channel::Sms,
            to,
        });
        let mail = patient
            .email()
            .and_then(|email| patient::email(&email).ok())
            .map(|to| Receiver {
                channel: Channel::Mail,
                to,
            });
        if self.mail_alone {
            mail.or(sms)
        } else {
            sms.or(mail)
        }
    }
}

/// The number of a mobile phone whose owner agreed to SMS. A landline is none.
fn mobile(patient: &Patient) -> Option<String> {
    if patient.sms_consent != Some(true) {
        return None;
    }
    let number = patient::phone(patient.mobile.as_deref()?).ok()?;
    let is_mobile = ["04", "05", "+"]
        .iter()
        .any(|begin| number.starts_with(begin));
    is_mobile.then_some(number)
}
