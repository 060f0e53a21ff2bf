//! `slotbridge admin holidays`

use super::job::{Column, Job};
use crate::http::Call;
use serde_json::{Value, json};

const COLUMNS: &[Column] = &[("DAY", "/date"), ("NAME", "/name")];

/// A practice's own public holidays, beside those of its state
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin holidays list 1")]
pub(super) enum Command {
    /// Replaces them; without any, there are none
    #[command(after_help = "\
Example: slotbridge admin holidays set 1 --day '2027-03-01=Show day' --day '2027-11-02=Cup day'")]
    Set {
        /// The practice's id
        practice: i64,
        /// A day with its name; may be given several times
        #[arg(long = "day", value_name = "DAY=NAME", value_parser = day)]
        days: Vec<(String, String)>,
    },
    /// Lists them
    #[command(after_help = "Example: slotbridge admin holidays list 1")]
    List {
        /// The practice's id
        practice: i64,
    },
}

/// A day and its name.
fn day(text: &str) -> Result<(String, String), &'static str> {
    let (day, name) = text
        .split_once('=')
        .ok_or("give the day and its name: 2027-03-01=Show day")?;
    Ok((day.to_owned(), name.to_owned()))
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Set { practice, days } => {
                let day = |(date, name): (String, String)| json!({"date": date, "name": name});
                let all: Value = days.into_iter().map(day).collect();
                let path = format!("practices/{practice}/holidays");
                Job::list(Call::put(path, json!({"data": all})), COLUMNS)
            }
            Self::List { practice } => {
                Job::list(Call::get(format!("practices/{practice}/holidays")), COLUMNS)
            }
        }
    }
}
