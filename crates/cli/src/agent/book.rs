//! `slotbridge agent book`: the desk of the demo's PMS.

use crate::failure::Failure;
use crate::out::{self, harmless, say};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use jiff::civil::{Date, DateTime};
use slotbridge_agent::adapter::Trouble;
use slotbridge_agent_book::{Book, Entry, Listed, Standing};
use std::path::Path;

/// What is done at the desk.
pub(crate) enum Desk {
    /// Shows the appointments, of a day or all.
    List(Option<Date>),
    /// Shows the patients.
    Patients,
    /// Enters an appointment.
    Add(Entry),
    /// Moves one.
    Move(String, DateTime),
    /// Cancels one.
    Cancel(String),
    /// Notes that nobody came.
    Absent(String),
}

/// Does it.
pub(crate) fn run(path: &Path, desk: Desk) -> Result<(), Failure> {
    let book = Book::open(path).map_err(|trouble| failure(&trouble))?;
    work(&book, desk).map_err(|trouble| failure(&trouble))
}

fn failure(trouble: &Trouble) -> Failure {
    let (Trouble::Later(why) | Trouble::Refused(why)) = trouble;
    Failure::new(harmless(why))
}

fn work(book: &Book, desk: Desk) -> Result<(), Trouble> {
    match desk {
        Desk::List(day) => list(&book.appointments(day)?),
        Desk::Patients => patients(book)?,
        Desk::Add(entry) => say!("{}", book.enter(&entry)?),
        Desk::Move(id, start) => say!("{}", book.move_to(&id, start)?),
        Desk::Cancel(id) => {
            book.strike(&id)?;
            say!("{id} is cancelled");
        }
        Desk::Absent(id) => {
            book.did_not_attend(&id)?;
            say!("{id}: the patient did not come");
        }
    }
    Ok(())
}

fn table(columns: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(columns);
    if let Some(width) = out::width() {
        table.set_width(width);
    }
    table
}

fn list(appointments: &[Listed]) {
    let mut table = table(&[
        "ID", "START", "MINUTES", "RESOURCE", "PATIENT", "BOOKING", "STATE",
    ]);
    for one in appointments {
        let standing = match one.standing {
            Standing::Booked => "booked",
            Standing::Cancelled => "cancelled",
            Standing::Absent => "absent",
        };
        table.add_row([
            one.id.clone(),
            one.start.strftime("%Y-%m-%dT%H:%M").to_string(),
            one.minutes.to_string(),
            harmless(&one.resource),
            harmless(one.patient_id.as_deref().unwrap_or("-")),
            one.booking_id
                .map_or_else(|| "-".to_owned(), |id| id.to_string()),
            standing.to_owned(),
        ]);
    }
    say!("{}", table.trim_fmt());
}

fn patients(book: &Book) -> Result<(), Trouble> {
    let mut table = table(&["ID", "LASTNAME", "FIRSTNAME", "DOB", "PHONE"]);
    for one in book.people()? {
        let Some(person) = one.person else {
            continue;
        };
        let phone = person.phone.unwrap_or_default();
        let cells = [one.id, person.lastname, person.firstname, person.dob, phone];
        table.add_row(cells.map(|cell| harmless(&cell)));
    }
    say!("{}", table.trim_fmt());
    Ok(())
}
