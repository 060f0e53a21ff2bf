//! `slotbridge admin erase`

use super::job::{Body, Job};
use crate::http::Call;

/// Destroys what is personal of a patient or a practice, for good
#[derive(clap::Subcommand)]
#[command(after_help = "\
Example: slotbridge admin erase patient 1 --lastname Nguyen --dob 1984-02-29")]
pub(super) enum Command {
    /// Erases a patient: who booked, why, and what the PMS said; times and statuses stay
    #[command(after_help = "\
Examples:
  slotbridge admin erase patient 1 --booking 100000007
  slotbridge admin erase patient 1 --lastname Nguyen --dob 1984-02-29")]
    Patient {
        /// The practice's id
        practice: i64,
        /// One booking: its patient is erased from that one alone
        #[arg(long, value_name = "ID", conflicts_with_all = ["phone", "lastname", "dob"])]
        booking: Option<i64>,
        /// The phone: all bookings that were made with it
        #[arg(long, conflicts_with_all = ["lastname", "dob"])]
        phone: Option<String>,
        /// The last name, with --dob
        #[arg(long, requires = "dob")]
        lastname: Option<String>,
        /// The day of birth, YYYY-MM-DD
        #[arg(long, value_name = "DAY", requires = "lastname")]
        dob: Option<String>,
    },
    /// Erases a practice: its key is destroyed, and with it all that is personal there
    #[command(after_help = "\
Example: slotbridge admin erase practice 1 --name \"Harbour Street Medical\"")]
    Practice {
        /// The practice's id
        practice: i64,
        /// Its name, as a confirmation
        #[arg(long)]
        name: String,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Patient {
                practice,
                booking,
                phone,
                lastname,
                dob,
            } => {
                let body = Body::default()
                    .with("bookingId", booking)
                    .with("phone", phone)
                    .with("lastname", lastname)
                    .with("dob", dob);
                let path = format!("practices/{practice}/erasePatient");
                Job::one(Call::post(path, body.into()))
            }
            Self::Practice { practice, name } => {
                let body = Body::default().with("name", Some(name));
                let path = format!("practices/{practice}/erase");
                Job::one(Call::post(path, body.into()))
            }
        }
    }
}
