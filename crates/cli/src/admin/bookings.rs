//! `slotbridge admin bookings`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/bookingId"),
    ("STATUS", "/status"),
    ("START", "/start"),
    ("PATIENT", "/patient/firstname /patient/lastname"),
    ("PRACTITIONER", "/practitionerId"),
    ("PMS APPOINTMENTS", "/pmsAppointmentIds"),
];

/// A practice's bookings
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin bookings list 1 --from 2027-03-01")]
pub(super) enum Command {
    /// Lists bookings by start
    #[command(after_help = "\
Examples:
  slotbridge admin bookings list 1
  slotbridge admin bookings list 1 --from 2027-03-01 --to 2027-03-07")]
    List {
        /// The practice's id
        practice: i64,
        /// The first day in practice time, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// The last day, included
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Shows a booking
    #[command(after_help = "Example: slotbridge admin bookings show 1 100000001")]
    Show {
        #[command(flatten)]
        which: Which,
    },
    /// Shows a booking's documents, the PMS's and the patient's, with where they stand; never their
    /// content
    #[command(after_help = "Example: slotbridge admin bookings documents 1 100000001")]
    Documents {
        #[command(flatten)]
        which: Which,
    },
    /// Says that staff entered a booking into the PMS by hand: it is confirmed and not asked for
    /// any more
    #[command(after_help = "Example: slotbridge admin bookings entered-by-hand 1 100000001")]
    EnteredByHand {
        #[command(flatten)]
        which: Which,
    },
    /// Cancels a booking; the PMS is told
    #[command(after_help = "\
Example: slotbridge admin bookings cancel 1 100000001 --reason \"The doctor is ill\"")]
    Cancel {
        #[command(flatten)]
        which: Which,
        /// Why; kept in the audit trail
        #[arg(long)]
        reason: Option<String>,
    },
    /// Notes that the patient came
    #[command(after_help = "Example: slotbridge admin bookings attended 1 100000001")]
    Attended {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(clap::Args, Clone, Copy)]
pub(super) struct Which {
    /// The practice's id
    practice: i64,
    /// The booking's id
    booking: i64,
}

impl Which {
    fn path(self, deed: &str) -> String {
        format!(
            "practices/{}/bookings/{}{deed}",
            self.practice, self.booking
        )
    }
}

impl Command {
    pub(super) fn job(self) -> Job {
        let deed = |which: Which, deed: &str, body: Body| {
            Job::one(Call::post(which.path(deed), body.into()))
        };
        match self {
            Self::List {
                practice,
                from,
                to,
                page,
            } => {
                let call = Call::get(format!("practices/{practice}/bookings"))
                    .with("from", from)
                    .with("to", to)
                    .with("page", page.page);
                Job::list(call, COLUMNS)
            }
            Self::Show { which } => Job::one(Call::get(which.path(""))),
            Self::Documents { which } => Job::one(Call::get(which.path("/documents"))),
            Self::EnteredByHand { which } => deed(which, "/enteredByHand", Body::default()),
            Self::Cancel { which, reason } => {
                deed(which, "/cancel", Body::default().with("reason", reason))
            }
            Self::Attended { which } => deed(which, "/attended", Body::default()),
        }
    }
}
