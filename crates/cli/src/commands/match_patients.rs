//! `slotbridge match`

use crate::failure::Failure;
use crate::matching;
use std::path::PathBuf;

const AFTER: &str = "\
Files are CSV with a header. Columns, by name and in any order:
  patientId (PATIENTS) or requestId (REQUESTS), firstname, lastname, dob (27-03-1985), phone, email,
  address, suburb, state, postcode, gender, medicareNumber, medicareIrn, medicareExpiry
A missing column is as if it were empty everywhere; others are not looked at.

With --requests, OUT has one row per request: requestId, patientId, verdict, score, explanation.
  same      it is this patient
  possible  it may be this patient: a person decides
  new       it is none of the patients (patientId is empty)
With --doubles, it has one row per pair of patients who are one person, the likeliest first:
patientId, otherPatientId (which stands later in PATIENTS), chance (0.5 to 1: for the order, not to
count on), explanation. Three records of one person are up to three pairs. Merge them in your system
before you connect it: a booking that fits two patients alike is filed as new. Where relatives may
be meant, a pair is not named.
OUT holds personal data and gets mode 0600. Faults of rows are told on stderr, by line, without what
the rows say. Nothing leaves this machine.

Examples:
  slotbridge match --patients patients.csv --requests requests.csv --out verdicts.csv
  slotbridge match --patients patients.csv --doubles --out doubles.csv";

/// Says for each booking in a file which of a practice's patients it is, or which patients are
/// held twice, and why
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The practice's patients
    #[arg(long, value_name = "FILE")]
    patients: PathBuf,

    /// The people to be found among them
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "doubles",
        conflicts_with = "doubles"
    )]
    requests: Option<PathBuf>,

    /// Find the patients who are one person, held twice
    #[arg(long)]
    doubles: bool,

    /// Where the answer goes; replaced if it is there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Matches them.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.requests {
        Some(requests) => matching::requests(&args.patients, requests, &args.out),
        None => matching::doubles(&args.patients, &args.out),
    }
}
