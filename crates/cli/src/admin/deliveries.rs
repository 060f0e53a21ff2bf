//! `slotbridge admin deliveries`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("REQUEST", "/requestId"),
    ("TYPE", "/type"),
    ("SUBSCRIPTION", "/subscriptionId"),
    ("CONSUMER", "/consumerId"),
    ("STATE", "/state"),
    ("ATTEMPTS", "/attempts"),
    ("RAISED", "/createdAt"),
    ("DUE", "/dueAt"),
    ("ENDED", "/endedAt"),
];

/// The callbacks of a practice's requests: where they stand, and sending them again
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin deliveries list 1 --state failed")]
pub(super) enum Command {
    /// Lists them, oldest request first
    #[command(after_help = "\
Examples:
  slotbridge admin deliveries list 1
  slotbridge admin deliveries list 1 --state failed --consumer 2")]
    List {
        /// The practice's id
        practice: i64,
        /// Of whose subscriptions
        #[arg(long, value_name = "ID")]
        consumer: Option<i64>,
        /// Where they stand: waiting, delivered, failed, resolved or cancelled
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Sends the settled callbacks of an outstanding request again, with the same bytes
    #[command(after_help = "Example: slotbridge admin deliveries resend 1 100000012")]
    Resend {
        /// The practice's id
        practice: i64,
        /// The request's id
        request: i64,
        /// One subscription; without one, all that were told of it
        #[arg(long, value_name = "ID")]
        subscription: Option<String>,
    },
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::List {
                practice,
                consumer,
                state,
                page,
            } => {
                let call = Call::get(format!("practices/{practice}/deliveries"))
                    .with("consumerId", consumer)
                    .with("state", state)
                    .with("page", page.page);
                Job::list(call, COLUMNS)
            }
            Self::Resend {
                practice,
                request,
                subscription,
            } => {
                let body = Body::default()
                    .with("requestId", Some(request))
                    .with("subscriptionId", subscription);
                Job::one(Call::post(
                    format!("practices/{practice}/deliveries"),
                    body.into(),
                ))
            }
        }
    }
}
