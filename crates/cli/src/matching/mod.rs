//! Patients matched over files: what a practice sees before it connects.

mod line_feeds;
mod rows;

use crate::failure::Failure;
use crate::file::Output;
use crate::out::say;
use rows::Rows;
use slotbridge_matching::{Duplicate, Matcher, Verdict};
use std::collections::HashMap;
use std::path::Path;

const PATIENT: &str = "patientId";
const OTHER_PATIENT: &str = "otherPatientId";
const REQUEST: &str = "requestId";

/// How many requests came to which verdict.
#[derive(Default)]
struct Tally {
    same: u64,
    possible: u64,
    new: u64,
}

/// Matches all requests and writes the verdicts, which appear when they are whole.
pub(crate) fn requests(patients: &Path, requests: &Path, out: &Path) -> Result<(), Failure> {
    let mut output = open_apart(out, &[patients, requests])?;
    let mut patients = Rows::open(patients, PATIENT)?;
    let matcher = index(&mut patients)?;
    let mut requests = Rows::open(requests, REQUEST)?;
    let tally = answer(&matcher, &mut requests, &mut output)?;
    let shown = output.shown();
    output.keep()?;
    let Tally {
        same,
        possible,
        new,
    } = tally;
    let (all, known) = (same + possible + new, matcher.len());
    say!("{all} requests, {known} patients: {same} same, {possible} possible, {new} new. {shown}");
    tell_faults(patients.faults + requests.faults);
    Ok(())
}

/// Finds the patients who are one person and writes the pairs, which appear when they are whole.
pub(crate) fn doubles(patients: &Path, out: &Path) -> Result<(), Failure> {
    let mut output = open_apart(out, &[patients])?;
    let mut patients = Rows::open(patients, PATIENT)?;
    let matcher = index(&mut patients)?;
    let pairs = matcher.duplicates();
    name(&pairs, &mut output)?;
    let shown = output.shown();
    output.keep()?;
    let (known, found) = (matcher.len(), pairs.len());
    say!("{known} patients, pairs of them who are one person: {found}. {shown}");
    tell_faults(patients.faults);
    Ok(())
}

/// Opens what is written, which must not be what is read. It comes before anything is read: a folder
/// that is not there is told at once.
fn open_apart(out: &Path, inputs: &[&Path]) -> Result<Output, Failure> {
    let whole = |path: &Path| path.canonicalize().ok();
    let is_out = |input: &&Path| whole(out).is_some_and(|out| whole(input) == Some(out));
    if inputs.iter().any(is_out) {
        let path = out.display();
        return Err(Failure::usage(format!(
            "{path} is what is read: the answer must go into another file"
        )));
    }
    Output::open(out, true)
}

fn tell_faults(faults: u64) {
    if faults > 0 {
        say!("Rows with faults are named on stderr: {faults} in all.");
    }
}

fn unwritable(error: &csv::Error) -> Failure {
    Failure::new(format!("the answer cannot be written: {error}"))
}

/// The matcher of all patients whose rows are of use.
fn index(patients: &mut Rows) -> Result<Matcher, Failure> {
    let (mut matcher, mut lines) = (Matcher::new(), HashMap::new());
    while let Some(row) = patients.next()? {
        if let Some(first) = lines.get(&row.id) {
            let problem = format!("The patient of line {first} has the same id; left out.");
            patients.tell(row.line, Some(PATIENT), &problem);
            continue;
        }
        lines.insert(row.id.clone(), row.line);
        if let Some(person) = patients.person(&row) {
            matcher.put(&row.id, person);
        }
    }
    Ok(matcher)
}

/// Writes a row for each request.
fn answer(matcher: &Matcher, requests: &mut Rows, output: &mut Output) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let mut writer = csv::Writer::from_writer(output);
    let header = [REQUEST, PATIENT, "verdict", "score", "explanation"];
    writer
        .write_record(header)
        .map_err(|error| unwritable(&error))?;
    while let Some(row) = requests.next()? {
        let person = requests.person(&row);
        let decision = person.as_ref().map(|person| matcher.decide(person));
        let (verdict, patient, score, why) = match &decision {
            Some(decision) => (
                decision.verdict,
                decision.patient().unwrap_or_default(),
                decision.score(),
                decision.explanation.as_str(),
            ),
            None => (Verdict::New, "", 0, "There is no name to look for."),
        };
        match verdict {
            Verdict::Same => tally.same += 1,
            Verdict::Possible => tally.possible += 1,
            Verdict::New => tally.new += 1,
        }
        let fields = [&row.id, patient, verdict.as_str(), &score.to_string(), why];
        writer
            .write_record(fields)
            .map_err(|error| unwritable(&error))?;
    }
    writer.flush().map_err(|error| unwritable(&error.into()))?;
    Ok(tally)
}

/// Writes a row for each pair.
fn name(pairs: &[Duplicate<'_>], output: &mut Output) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(output);
    let header = [PATIENT, OTHER_PATIENT, "chance", "explanation"];
    writer
        .write_record(header)
        .map_err(|error| unwritable(&error))?;
    for pair in pairs {
        let chance = format!("{:.4}", pair.chance);
        let fields = [pair.first, pair.second, &chance, &pair.explanation];
        writer
            .write_record(fields)
            .map_err(|error| unwritable(&error))?;
    }
    writer.flush().map_err(|error| unwritable(&error.into()))
}
