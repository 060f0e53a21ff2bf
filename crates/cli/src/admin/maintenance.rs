//! `slotbridge admin maintenance`

use super::job::{Body, Job};
use crate::http::Call;

/// Sending callers away for a while; operators still get in
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin maintenance begin --for-minutes 15")]
pub(super) enum Command {
    /// Begins it, or changes what is announced
    #[command(after_help = "\
Example: slotbridge admin maintenance begin --for-minutes 15 --message 'Back in a quarter of an hour.'

The PMS API, the booking API and the pages answer 503 with Retry-After until it is ended. Due work goes
on, nobody is called back, and no integration is judged by its silence.")]
    Begin {
        /// In how many minutes it is expected to be over
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=10_080))]
        for_minutes: Option<i64>,
        /// What whoever is sent away may read
        #[arg(long, value_name = "TEXT")]
        message: Option<String>,
    },
    /// Says whether there is any
    #[command(after_help = "Example: slotbridge admin maintenance show")]
    Show,
    /// Ends it
    #[command(after_help = "Example: slotbridge admin maintenance end")]
    End,
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Begin {
                for_minutes,
                message,
            } => {
                let body = Body::default()
                    .with("forMinutes", for_minutes)
                    .with("message", message);
                Job::one(Call::put("maintenance", body.into()))
            }
            Self::Show => Job::one(Call::get("maintenance")),
            Self::End => Job::done(Call::delete("maintenance"), "There is no maintenance."),
        }
    }
}
