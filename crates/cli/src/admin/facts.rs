//! `slotbridge admin bookability`, `attention`, `audit` and `messages`: what the hub knows.

use super::job::{Column, Job, PageArgs};
use crate::http::Call;

const ATTENTION: &[Column] = &[
    ("WHAT", "/kind"),
    ("BOOKING", "/bookingId"),
    ("SINCE", "/since"),
];

const AUDIT: &[Column] = &[
    ("AT", "/at"),
    ("WHO", "/actor"),
    ("WHAT", "/action"),
    ("BOOKING", "/bookingId"),
    ("DETAIL", "/detail"),
    ("NOTE", "/note"),
];

const MESSAGES: &[Column] = &[
    ("AT", "/createdAt"),
    ("WHAT", "/kind"),
    ("STATE", "/state"),
    ("BY", "/channel"),
    ("TO", "/to"),
    ("SUBJECT", "/subject"),
    ("TEXT", "/text"),
];

/// Says whether a time is bookable, or every reason why not
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  slotbridge admin bookability 1 --practitioner-id 1 --appointment-type-id 1 \\
    --start 2027-03-01T09:00:00+11:00")]
pub(super) struct Bookability {
    /// The practice's id
    practice: i64,
    /// The practitioner
    #[arg(long, value_name = "ID")]
    practitioner_id: i64,
    /// The appointment type
    #[arg(long, value_name = "ID")]
    appointment_type_id: i64,
    /// The start, RFC 3339 with its offset
    #[arg(long, value_name = "INSTANT")]
    start: String,
}

impl Bookability {
    pub(super) fn job(self) -> Job {
        let call = Call::get(format!("practices/{}/bookability", self.practice))
            .with("practitionerId", Some(self.practitioner_id))
            .with("appointmentTypeId", Some(self.appointment_type_id))
            .with("start", Some(self.start));
        Job::one(call)
    }
}

/// Shows how a practice's integration does, and its changes into and out of being unhealthy
#[derive(clap::Args)]
#[command(after_help = "Example: slotbridge admin health 1")]
pub(super) struct Health {
    /// The practice's id
    practice: i64,
    #[command(flatten)]
    page: PageArgs,
}

impl Health {
    pub(super) fn job(self) -> Job {
        let call = Call::get(format!("practices/{}/health", self.practice));
        Job::one(call.with("page", self.page.page))
    }
}

/// Lists what needs staff's attention: bookings that the PMS has not taken, late rejections, ...
#[derive(clap::Args)]
#[command(after_help = "Example: slotbridge admin attention 1")]
pub(super) struct Attention {
    /// The practice's id
    practice: i64,
}

impl Attention {
    pub(super) fn job(self) -> Job {
        Job::list(
            Call::get(format!("practices/{}/attention", self.practice)),
            ATTENTION,
        )
    }
}

/// Shows who did what, newest first
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  slotbridge admin audit 1
  slotbridge admin audit 1 --booking-id 100000001")]
pub(super) struct Audit {
    /// The practice's id
    practice: i64,
    /// Only of this booking
    #[arg(long, value_name = "ID")]
    booking_id: Option<i64>,
    #[command(flatten)]
    page: PageArgs,
}

impl Audit {
    pub(super) fn job(self) -> Job {
        let call = Call::get(format!("practices/{}/audit", self.practice))
            .with("bookingId", self.booking_id)
            .with("page", self.page.page);
        Job::list(call, AUDIT)
    }
}

/// Shows what people were told, newest first; and, where nothing is set up to send it, what they
/// would have been
#[derive(clap::Args)]
#[command(after_help = "Example: slotbridge admin messages 1")]
pub(super) struct Messages {
    /// The practice's id
    practice: i64,
    #[command(flatten)]
    page: PageArgs,
}

impl Messages {
    pub(super) fn job(self) -> Job {
        let call = Call::get(format!("practices/{}/messages", self.practice));
        Job::list(call.with("page", self.page.page), MESSAGES)
    }
}
