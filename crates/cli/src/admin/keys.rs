//! `slotbridge admin keys`

use super::job::Job;
use crate::http::Call;
use serde_json::json;

/// A consumer's API keys
#[derive(clap::Subcommand)]
#[command(after_help = "\
A consumer can have several keys, so that it can change to a new one without an outage. Its keys
are listed by `slotbridge admin consumers show`.

Example: slotbridge admin keys create 1")]
pub(super) enum Command {
    /// Makes another key and shows it once
    #[command(after_help = "Example: slotbridge admin keys create 1")]
    Create {
        /// The consumer's id
        consumer: i64,
    },
    /// Revokes a key
    #[command(after_help = "Example: slotbridge admin keys revoke 1 2")]
    Revoke {
        /// The consumer's id
        consumer: i64,
        /// The key's id
        key: i64,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Create { consumer } => {
                Job::one(Call::post(format!("consumers/{consumer}/keys"), json!({})))
            }
            Self::Revoke { consumer, key } => Job::done(
                Call::delete(format!("consumers/{consumer}/keys/{key}")),
                "Revoked.",
            ),
        }
    }
}
