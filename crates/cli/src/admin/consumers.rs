//! `slotbridge admin consumers`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;
use serde_json::json;

const COLUMNS: &[Column] = &[
    ("ID", "/consumerId"),
    ("NAME", "/name"),
    ("CONTACT", "/contactEmail"),
    ("TEST", "/test"),
    ("PROFILE", "/wireProfile"),
    ("ACTIVE", "/active"),
];

/// Consumers: vendors of practice management systems
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin consumers list")]
pub(super) enum Command {
    /// Makes a consumer, and shows its key and webhook secret once
    #[command(after_help = "\
Examples:
  slotbridge admin consumers create --name \"Acme PMS\" --contact-email dev@acme.example
  slotbridge admin consumers create --name \"Acme PMS (test)\" --contact-email dev@acme.example \\
    --test --wire-profile generated")]
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Whom to write to
        #[arg(long)]
        contact_email: String,
        /// A test consumer: it reaches test practices only
        #[arg(long)]
        test: bool,
        /// How it is answered: documented (nulls, dob DD-MM-YYYY) or generated (as declared)
        #[arg(long, value_name = "PROFILE")]
        wire_profile: Option<String>,
    },
    /// Lists consumers
    #[command(after_help = "Example: slotbridge admin consumers list")]
    List {
        #[command(flatten)]
        page: PageArgs,
    },
    /// Shows a consumer and its keys
    #[command(after_help = "Example: slotbridge admin consumers show 1")]
    Show {
        /// The consumer's id
        consumer: i64,
    },
    /// Changes a consumer; what is not given stays
    #[command(after_help = "Example: slotbridge admin consumers update 1 --wire-profile generated")]
    Update {
        /// The consumer's id
        consumer: i64,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// Whom to write to
        #[arg(long)]
        contact_email: Option<String>,
        /// How it is answered: documented or generated
        #[arg(long, value_name = "PROFILE")]
        wire_profile: Option<String>,
        /// Whether its keys open anything
        #[arg(long, value_name = "true|false")]
        active: Option<bool>,
    },
    /// Takes a consumer out of use: its keys open nothing any more
    #[command(after_help = "Example: slotbridge admin consumers deactivate 1")]
    Deactivate {
        /// The consumer's id
        consumer: i64,
    },
    /// Makes a new webhook secret and shows it once
    #[command(after_help = "Example: slotbridge admin consumers webhook-secret 1")]
    WebhookSecret {
        /// The consumer's id
        consumer: i64,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        let path = |consumer: i64| format!("consumers/{consumer}");
        match self {
            Self::Create {
                name,
                contact_email,
                test,
                wire_profile,
            } => {
                let body = Body::default()
                    .with("name", Some(name))
                    .with("contactEmail", Some(contact_email))
                    .with("wireProfile", wire_profile)
                    .flag("test", test);
                Job::one(Call::post("consumers", body.into()))
            }
            Self::List { page } => {
                Job::list(Call::get("consumers").with("page", page.page), COLUMNS)
            }
            Self::Show { consumer } => Job::one(Call::get(path(consumer))),
            Self::Update {
                consumer,
                name,
                contact_email,
                wire_profile,
                active,
            } => {
                let body = Body::default()
                    .with("name", name)
                    .with("contactEmail", contact_email)
                    .with("wireProfile", wire_profile)
                    .with("active", active);
                Job::one(Call::patch(path(consumer), body.into()))
            }
            Self::Deactivate { consumer } => {
                Job::done(Call::delete(path(consumer)), "Deactivated.")
            }
            Self::WebhookSecret { consumer } => {
                let path = format!("consumers/{consumer}/webhookSecret");
                Job::one(Call::post(path, json!({})))
            }
        }
    }
}
