//! `slotbridge admin appointment-types`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/appointmentTypeId"),
    ("NAME", "/name"),
    ("MINUTES", "/lengthMinutes"),
    ("ACTIVE", "/active"),
    ("PMS TYPES", "/pmsAppointmentTypeIds"),
];

const PMS_TYPES: &[Column] = &[
    ("ID", "/pmsAppointmentTypeId"),
    ("NAME", "/pmsAppointmentTypeName"),
    ("MINUTES", "/pmsAppointmentLength"),
    ("RESOURCE", "/pmsResourceId"),
    ("LIVE", "/live"),
    ("TYPE", "/appointmentTypeId"),
];

/// Appointment types, and the PMS's types that they are linked to
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin appointment-types list 1")]
pub(super) enum Command {
    /// Lists appointment types
    #[command(after_help = "Example: slotbridge admin appointment-types list 1")]
    List {
        /// The practice's id
        practice: i64,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Lists the appointment types that the PMS has sent
    #[command(after_help = "Example: slotbridge admin appointment-types pms-types 1")]
    PmsTypes {
        /// The practice's id
        practice: i64,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Makes an appointment type
    #[command(after_help = "\
Example: slotbridge admin appointment-types create 1 --name \"Long visit\" --length-minutes 30 \\
    --link G1235")]
    Create {
        /// The practice's id
        practice: i64,
        /// The name that patients see
        #[arg(long)]
        name: String,
        /// How long one takes; counts before the PMS's length
        #[arg(long, value_name = "MINUTES")]
        length_minutes: Option<i64>,
        /// A type of the PMS to link to; may be given several times
        #[arg(long = "link", value_name = "PMS-TYPE")]
        links: Option<Vec<String>>,
    },
    /// Links an appointment type to these types of the PMS and no others
    #[command(after_help = "Example: slotbridge admin appointment-types link 1 2 G1235 G1236")]
    Link {
        /// The practice's id
        practice: i64,
        /// The appointment type's id
        appointment_type: i64,
        /// The PMS's ids of the types
        #[arg(value_name = "PMS-TYPE")]
        links: Vec<String>,
    },
    /// Changes an appointment type; what is not given stays
    #[command(after_help = "\
Example: slotbridge admin appointment-types update 1 2 --length-minutes 20 --active true")]
    Update {
        /// The practice's id
        practice: i64,
        /// The appointment type's id
        appointment_type: i64,
        /// The name that patients see
        #[arg(long)]
        name: Option<String>,
        /// How long one takes
        #[arg(long, value_name = "MINUTES")]
        length_minutes: Option<i64>,
        /// Whether patients can book it
        #[arg(long, value_name = "true|false")]
        active: Option<bool>,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        let all = |practice: i64| format!("practices/{practice}/appointmentTypes");
        match self {
            Self::List { practice, page } => {
                Job::list(Call::get(all(practice)).with("page", page.page), COLUMNS)
            }
            Self::PmsTypes { practice, page } => {
                let call = Call::get(format!("practices/{practice}/pmsAppointmentTypes"));
                Job::list(call.with("page", page.page), PMS_TYPES)
            }
            Self::Create {
                practice,
                name,
                length_minutes,
                links,
            } => {
                let body = Body::default()
                    .with("name", Some(name))
                    .with("lengthMinutes", length_minutes)
                    .with("pmsAppointmentTypeIds", links);
                Job::one(Call::post(all(practice), body.into()))
            }
            Self::Link {
                practice,
                appointment_type,
                links,
            } => {
                let body = Body::default().with("pmsAppointmentTypeIds", Some(links));
                let path = format!("{}/{appointment_type}", all(practice));
                Job::one(Call::patch(path, body.into()))
            }
            Self::Update {
                practice,
                appointment_type,
                name,
                length_minutes,
                active,
            } => {
                let body = Body::default()
                    .with("name", name)
                    .with("lengthMinutes", length_minutes)
                    .with("active", active);
                let path = format!("{}/{appointment_type}", all(practice));
                Job::one(Call::patch(path, body.into()))
            }
        }
    }
}
