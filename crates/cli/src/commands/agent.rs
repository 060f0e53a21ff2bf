//! `slotbridge agent`

use crate::agent::{self, CONFIG, Desk};
use crate::failure::Failure;
use jiff::civil::{Date, DateTime};
use slotbridge_agent_book::Entry;
use std::path::PathBuf;

const AFTER: &str = "\
The agent stands between a hub and the practice management systems of clinics, and does all that
the hub asks of an integration: free times, bookings, their changes. One process serves all clinics
of its settings file.

SIGINT (Ctrl-C) and SIGTERM stop it in order; what it was at is taken up at the next start. A second
signal ends it at once. It logs to stderr, readable on a terminal and JSON otherwise.

Exit codes: 0 stopped in order; 1 could not start; 2 the command line is wrong.

Examples:
  slotbridge agent init                          a settings file with comments, ./agent.toml
  slotbridge agent check                         is it right, and do hub and PMS answer?
  slotbridge agent --config /etc/slotbridge/agent.toml
  slotbridge agent book north.book list          what stands in the demo's PMS";

const AFTER_BOOK: &str = "\
The book is made if it is not there: doctors 1 and 2, types G (15 minutes) and L (30), open on
weekdays from 9 to 12 and 13 to 17. An agent may have it open at the same time. Times are those of
the practice's wall clock.

Examples:
  slotbridge agent book north.book list
  slotbridge agent book north.book add 1 2026-11-30T09:00
  slotbridge agent book north.book move A1 2026-11-30T14:00
  slotbridge agent book north.book cancel A1";

/// Runs clinics' PMSs against a hub
#[derive(clap::Args)]
#[command(after_help = AFTER, args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(flatten)]
    config: Config,

    /// What is logged, e.g. debug [default: info] [env: SLOTBRIDGE_LOG]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Args)]
struct Config {
    /// The settings file
    #[arg(long, value_name = "FILE", default_value = CONFIG)]
    config: PathBuf,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Writes a settings file to be filled in, with mode 0600; never over one that is there
    #[command(after_help = "\
Examples:
  slotbridge agent init
  slotbridge agent init /etc/slotbridge/agent.toml")]
    Init {
        /// The file
        #[arg(default_value = CONFIG)]
        file: PathBuf,
    },
    /// Tells all that is wrong with the settings, and whether hub and PMS answer
    #[command(after_help = "\
It changes nothing at the hub or in a PMS, and an agent may run meanwhile.

Exit codes: 0 all is well; 1 something is wrong; 2 the command line is wrong.

Example: slotbridge agent check --config agent.toml")]
    Check(Config),
    /// Sends the hub all that it should have again, whether or not it has it
    #[command(after_help = "\
The agent must not run meanwhile. It sends by itself what differs, so this is for a hub that lost
something.

Examples:
  slotbridge agent resync
  slotbridge agent resync --config agent.toml --clinic north")]
    Resync {
        #[command(flatten)]
        config: Config,
        /// The clinic; all, if none is named
        #[arg(long, value_name = "NAME")]
        clinic: Option<String>,
    },
    /// Works at the desk of the demo's PMS, an appointment book in a file
    #[command(after_help = AFTER_BOOK)]
    Book {
        /// The book
        file: PathBuf,
        #[command(subcommand)]
        desk: DeskCommand,
    },
}

#[derive(clap::Subcommand)]
enum DeskCommand {
    /// Lists the appointments, those that are off too
    #[command(after_help = "Example: slotbridge agent book north.book list --day 2026-11-30")]
    List {
        /// Only those of a day, YYYY-MM-DD
        #[arg(long, value_name = "DAY")]
        day: Option<Date>,
    },
    /// Lists the patients
    #[command(after_help = "Example: slotbridge agent book north.book patients")]
    Patients,
    /// Enters an appointment and prints its id
    #[command(
        after_help = "Example: slotbridge agent book north.book add 1 2026-11-30T09:00 --minutes 30"
    )]
    Add {
        /// The doctor's id
        resource: String,
        /// When it begins, such as 2026-11-30T09:00
        start: DateTime,
        /// How long it takes
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(i64).range(1..=1440))]
        minutes: i64,
        /// The patient's id
        #[arg(long, value_name = "ID")]
        patient: Option<String>,
    },
    /// Moves an appointment to another time and prints its new id
    #[command(after_help = "Example: slotbridge agent book north.book move A1 2026-11-30T14:00")]
    Move {
        /// The appointment's id
        id: String,
        /// When it begins then
        start: DateTime,
    },
    /// Cancels an appointment
    #[command(after_help = "Example: slotbridge agent book north.book cancel A1")]
    Cancel {
        /// The appointment's id
        id: String,
    },
    /// Notes that the patient of an appointment did not come
    #[command(after_help = "Example: slotbridge agent book north.book absent A1")]
    Absent {
        /// The appointment's id
        id: String,
    },
}

/// Runs the agent, or one of its tools.
pub(super) fn run(args: Args) -> Result<(), Failure> {
    match args.command {
        None => agent::run(&args.config.config, args.log),
        Some(Command::Init { file }) => agent::init(&file),
        Some(Command::Check(config)) => agent::check(&config.config),
        Some(Command::Resync { config, clinic }) => {
            agent::resync(&config.config, clinic.as_deref())
        }
        Some(Command::Book { file, desk }) => agent::book(&file, asked(desk)),
    }
}

fn asked(desk: DeskCommand) -> Desk {
    match desk {
        DeskCommand::List { day } => Desk::List(day),
        DeskCommand::Patients => Desk::Patients,
        DeskCommand::Add {
            resource,
            start,
            minutes,
            patient,
        } => Desk::Add(Entry {
            resource,
            start,
            minutes,
            patient_id: patient,
        }),
        DeskCommand::Move { id, start } => Desk::Move(id, start),
        DeskCommand::Cancel { id } => Desk::Cancel(id),
        DeskCommand::Absent { id } => Desk::Absent(id),
    }
}
