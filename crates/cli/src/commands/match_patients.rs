//! `slotbridge match`

use crate::failure::Failure;
use crate::matching;
use std::path::PathBuf;

const AFTER: &str = "\
Both files are CSV with a header. Columns, by name and in any order:
  patientId (PATIENTS) or requestId (REQUESTS), firstname, lastname, dob (27-03-1985), phone, email,
  address, suburb, state, postcode, gender, medicareNumber, medicareIrn, medicareExpiry
A missing column is as if it were empty everywhere; others are not looked at.

OUT has one row per request: requestId, patientId, verdict, score, explanation.
  same      it is this patient
  possible  it may be this patient: a person decides
  new       it is none of the patients (patientId is empty)
It holds personal data and gets mode 0600. Faults of rows are told on stderr, by line, without what
the rows say. Nothing leaves this machine.

Example:
  slotbridge match --patients patients.csv --requests requests.csv --out verdicts.csv";

/// Says for each booking in a file which of a practice's patients it is, and why
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The practice's patients
    #[arg(long, value_name = "FILE")]
    patients: PathBuf,

    /// The people to be found among them
    #[arg(long, value_name = "FILE")]
    requests: PathBuf,

    /// Where the verdicts go; replaced if it is there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Matches them.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    matching::run(&args.patients, &args.requests, &args.out)
}
