//! `slotbridge admin consents`

use super::job::{Body, Column, Job};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("CONSUMER", "/consumerId"),
    ("GRANTED", "/grantedAt"),
    ("REVOKED", "/revokedAt"),
    ("LAST CONTACT", "/lastContactAt"),
    ("USER AGENT", "/userAgent"),
];

/// Practices' consents to consumers
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin consents grant 1 1")]
pub(super) enum Command {
    /// Grants a consumer the practice's consent, and shows the practice key once
    #[command(after_help = "\
Examples:
  slotbridge admin consents grant 1 1
  slotbridge admin consents grant 1 2 --replace     from one PMS to another")]
    Grant {
        /// The practice's id
        practice: i64,
        /// The consumer's id
        consumer: i64,
        /// End another consumer's consent, if there is one
        #[arg(long)]
        replace: bool,
    },
    /// Revokes a consumer's consent
    #[command(after_help = "Example: slotbridge admin consents revoke 1 1")]
    Revoke {
        /// The practice's id
        practice: i64,
        /// The consumer's id
        consumer: i64,
    },
    /// Lists the practice's consents, and when each consumer was last heard of
    #[command(after_help = "Example: slotbridge admin consents list 1")]
    List {
        /// The practice's id
        practice: i64,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Grant {
                practice,
                consumer,
                replace,
            } => {
                let body = Body::default()
                    .with("consumerId", Some(consumer))
                    .flag("replace", replace);
                Job::one(Call::post(
                    format!("practices/{practice}/consents"),
                    body.into(),
                ))
            }
            Self::Revoke { practice, consumer } => {
                let path = format!("practices/{practice}/consents/{consumer}");
                Job::done(Call::delete(path), "Revoked.")
            }
            Self::List { practice } => {
                Job::list(Call::get(format!("practices/{practice}/consents")), COLUMNS)
            }
        }
    }
}
