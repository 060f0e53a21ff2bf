//! `slotbridge admin operator-tokens`

use super::job::{Body, Column, Job};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/tokenId"),
    ("NAME", "/name"),
    ("MADE", "/createdAt"),
    ("REVOKED", "/revokedAt"),
];

/// Operators' tokens: several, each named and revocable
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin operator-tokens list")]
pub(super) enum Command {
    /// Makes a token and shows it once
    #[command(after_help = "Example: slotbridge admin operator-tokens create \"Anna's laptop\"")]
    Create {
        /// Whose or what it is
        name: String,
    },
    /// Lists tokens, without their texts
    #[command(after_help = "Example: slotbridge admin operator-tokens list")]
    List,
    /// Revokes a token; the last one stays
    #[command(after_help = "Example: slotbridge admin operator-tokens revoke 2")]
    Revoke {
        /// The token's id
        token: i64,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Create { name } => {
                let body = Body::default().with("name", Some(name));
                Job::one(Call::post("operatorTokens", body.into()))
            }
            Self::List => Job::list(Call::get("operatorTokens"), COLUMNS),
            Self::Revoke { token } => {
                Job::done(Call::delete(format!("operatorTokens/{token}")), "Revoked.")
            }
        }
    }
}
