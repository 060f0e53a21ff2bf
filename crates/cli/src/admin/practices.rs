//! `slotbridge admin practices`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/practiceId"),
    ("NAME", "/name"),
    ("ZONE", "/timezone"),
    ("STATE", "/state"),
    ("TEST", "/test"),
    ("ACTIVE", "/active"),
];

/// Practices
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin practices list")]
pub(super) enum Command {
    /// Makes a practice
    #[command(after_help = "\
Examples:
  slotbridge admin practices create --name \"Harbour Street Medical\" --timezone Australia/Sydney \\
    --state NSW --auto-publish
  slotbridge admin practices create --name \"Try-out\" --timezone Australia/Perth --test")]
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Its IANA time zone, such as Australia/Sydney
        #[arg(long)]
        timezone: String,
        /// A test practice: test consumers reach it, patients' searches do not
        #[arg(long)]
        test: bool,
        /// Every resource and appointment type of the PMS becomes bookable at once
        #[arg(long)]
        auto_publish: bool,
        #[command(flatten)]
        details: Details,
    },
    /// Lists practices
    #[command(after_help = "Example: slotbridge admin practices list --page 2")]
    List {
        #[command(flatten)]
        page: PageArgs,
    },
    /// Shows a practice
    #[command(after_help = "Example: slotbridge admin practices show 1")]
    Show {
        /// The practice's id
        practice: i64,
    },
    /// Changes a practice; what is not given stays, and an empty text unsets
    #[command(after_help = "\
Examples:
  slotbridge admin practices update 1 --minimum-notice-minutes 60
  slotbridge admin practices update 1 --email \"\" --active true")]
    Update {
        /// The practice's id
        practice: i64,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// Its IANA time zone; fixed once it has availability
        #[arg(long)]
        timezone: Option<String>,
        /// Whether resources and appointment types become bookable at once
        #[arg(long, value_name = "true|false")]
        auto_publish: Option<bool>,
        /// Whether it takes part
        #[arg(long, value_name = "true|false")]
        active: Option<bool>,
        #[command(flatten)]
        details: Details,
    },
    /// Takes a practice out of use; nothing of it is deleted
    #[command(after_help = "Example: slotbridge admin practices deactivate 1")]
    Deactivate {
        /// The practice's id
        practice: i64,
    },
}

#[derive(clap::Args)]
pub(super) struct Details {
    /// Its state, for public holidays: NSW, VIC, ...
    #[arg(long)]
    state: Option<String>,
    /// Street and number
    #[arg(long)]
    address: Option<String>,
    /// Suburb or town
    #[arg(long)]
    suburb: Option<String>,
    /// Postcode
    #[arg(long)]
    postcode: Option<String>,
    /// Phone
    #[arg(long)]
    phone: Option<String>,
    /// Mail
    #[arg(long)]
    email: Option<String>,
    /// A specialty; may be given several times
    #[arg(long = "specialty", value_name = "NAME")]
    specialties: Option<Vec<String>>,
    /// A product that the practice uses, such as reminders; may be given several times
    #[arg(long = "product", value_name = "NAME")]
    products: Option<Vec<String>>,
    /// Whether its times are hidden while its integration is unhealthy
    #[arg(long, value_name = "true|false")]
    hide_when_unhealthy: Option<bool>,
    /// Whether they are hidden while an extra feature is late
    #[arg(long, value_name = "true|false")]
    hide_when_feature_late: Option<bool>,
    /// Whether the PMS is asked the day after what became of each appointment
    #[arg(long, value_name = "true|false")]
    ask_after_appointments: Option<bool>,
    /// How long before its start a time can be booked
    #[arg(long, value_name = "MINUTES")]
    minimum_notice_minutes: Option<i64>,
    /// The length of an appointment type that has none
    #[arg(long, value_name = "MINUTES")]
    default_length_minutes: Option<i64>,
    /// How long before an appointment its reminder goes out
    #[arg(long, value_name = "HOURS")]
    reminder_hours: Option<i64>,
}

impl Details {
    fn body(self) -> Body {
        Body::default()
            .text("state", self.state)
            .text("address", self.address)
            .text("suburb", self.suburb)
            .text("postcode", self.postcode)
            .text("phone", self.phone)
            .text("email", self.email)
            .with("specialties", self.specialties)
            .with("products", self.products)
            .with("hideWhenUnhealthy", self.hide_when_unhealthy)
            .with("hideWhenFeatureLate", self.hide_when_feature_late)
            .with("askAfterAppointments", self.ask_after_appointments)
            .with("minimumNoticeMinutes", self.minimum_notice_minutes)
            .with("defaultLengthMinutes", self.default_length_minutes)
            .with("reminderHours", self.reminder_hours)
    }
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Create {
                name,
                timezone,
                test,
                auto_publish,
                details,
            } => {
                let body = details
                    .body()
                    .with("name", Some(name))
                    .with("timezone", Some(timezone))
                    .flag("test", test)
                    .flag("autoPublish", auto_publish);
                Job::one(Call::post("practices", body.into()))
            }
            Self::List { page } => {
                Job::list(Call::get("practices").with("page", page.page), COLUMNS)
            }
            Self::Show { practice } => Job::one(Call::get(format!("practices/{practice}"))),
            Self::Update {
                practice,
                name,
                timezone,
                auto_publish,
                active,
                details,
            } => {
                let body = details
                    .body()
                    .with("name", name)
                    .with("timezone", timezone)
                    .with("autoPublish", auto_publish)
                    .with("active", active);
                Job::one(Call::patch(format!("practices/{practice}"), body.into()))
            }
            Self::Deactivate { practice } => Job::done(
                Call::delete(format!("practices/{practice}")),
                "Deactivated.",
            ),
        }
    }
}
