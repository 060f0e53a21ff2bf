//! `slotbridge admin requests`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/requestId"),
    ("TYPE", "/type"),
    ("BOOKING", "/bookingId"),
    ("DAY", "/date"),
    ("RESOURCE", "/pmsResourceId"),
    ("RAISED", "/createdAt"),
];

/// What the hub asks a practice's PMS for
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin requests list 1")]
pub(super) enum Command {
    /// Raises a request by hand
    #[command(after_help = "\
Examples:
  slotbridge admin requests raise 1 availability --date 2027-03-01
  slotbridge admin requests raise 1 availability --date 2027-03-01 --pms-resource-id 12345
  slotbridge admin requests raise 1 pmsResources")]
    Raise {
        /// The practice's id
        practice: i64,
        /// The type: availability, pmsResources, pmsAppointmentTypes, ...
        #[arg(value_name = "TYPE")]
        kind: String,
        /// The booking, for types about one
        #[arg(long, value_name = "ID")]
        booking_id: Option<i64>,
        /// The day, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        date: Option<String>,
        /// What the day is of, for client snapshots
        #[arg(long, value_name = "TYPE")]
        date_type: Option<String>,
        /// The resource; without one, all
        #[arg(long, value_name = "ID")]
        pms_resource_id: Option<String>,
    },
    /// Lists what is outstanding
    #[command(after_help = "Example: slotbridge admin requests list 1")]
    List {
        /// The practice's id
        practice: i64,
        #[command(flatten)]
        page: PageArgs,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Raise {
                practice,
                kind,
                booking_id,
                date,
                date_type,
                pms_resource_id,
            } => {
                let body = Body::default()
                    .with("type", Some(kind))
                    .with("bookingId", booking_id)
                    .with("date", date)
                    .with("dateType", date_type)
                    .with("pmsResourceId", pms_resource_id);
                Job::one(Call::post(
                    format!("practices/{practice}/requests"),
                    body.into(),
                ))
            }
            Self::List { practice, page } => {
                let call = Call::get(format!("practices/{practice}/requests"));
                Job::list(call.with("page", page.page), COLUMNS)
            }
        }
    }
}
