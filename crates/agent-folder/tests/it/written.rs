//! The agent's files: what is read back is what was written.

use crate::support::{Practice, booking, new_patient, person, said};
use jiff::civil::{DateTime, datetime};
use slotbridge_agent::adapter::{Adapter, Perhaps};
use slotbridge_agent_folder::Folder;
use slotbridge_client::wire::bookings::{Gender, Patient};
use slotbridge_client::wire::profile::Field;
use std::fs::File;
use std::io::Read;

const NINE: DateTime = datetime(2027, 3, 31, 9, 0, 0, 0);

/// Texts that are hard on CSV.
const TEXTS: [&str; 16] = [
    "a, \"b\" and 'c'",
    "two\nlines\r\nthree\rfour",
    "Zoë Nguyễn 🦘",
    " spaces around ",
    "=HYPERLINK(\"http://evil.example\")",
    "'=1+1",
    "''=1+1",
    "'t Hooft",
    "'",
    "@SUM(A1)",
    "+61 (2) 1234.5678",
    "+1+1",
    "-2",
    "-2-2",
    "\t=1",
    "\r=1",
];

/// The cells of a file, as a PMS reads them.
fn cells(practice: &Practice, file: &str) -> Vec<csv::StringRecord> {
    let reader = csv::Reader::from_path(practice.path(file));
    reader.unwrap().into_records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_booking_is_read_back_as_it_was_written() {
    for text in TEXTS {
        let mut practice = Practice::new();
        let mut one = booking(7, datetime(2027, 3, 31, 9, 0, 30, 0));
        one.pms_appointment_length = 905;
        one.reason = text.to_owned();
        one.telehealth_url = Some("https://meet.example/?a=1,2".to_owned());
        practice.adapter.insert(&one, text).await.unwrap();
        let written = practice.read("bookings.csv");
        assert!(written.contains("2027-03-31T09:00:30,905,G,"), "{written}");
        practice.restart();
        let found = practice.adapter.find(7).await.unwrap().unwrap();
        assert_eq!(found.patient_id, text);
        // What was read back is written again.
        practice.adapter.cancel(7, &[]).await.unwrap();
        assert_eq!(
            practice.read("bookings.csv"),
            written.replace("booked", "cancelled")
        );
    }
}

#[tokio::test]
async fn a_new_patient_is_read_back_as_written() {
    for text in TEXTS {
        let mut practice = Practice::new();
        let some = || Some(text.to_owned());
        let field = || Field::Value(text.to_owned());
        let mut new = new_patient(7, text);
        new.person = Patient {
            lastname: text.to_owned(),
            phone: some(),
            email: some(),
            address: some(),
            suburb: some(),
            state: some(),
            postcode: some(),
            gender: Field::Value(Gender::Other),
            medicare_number: field(),
            medicare_irn: field(),
            medicare_expiry: field(),
            ..person(text)
        };
        practice.adapter.create_patient(&new).await.unwrap();
        practice.restart();
        let patients = practice.patients(None).await.changed;
        let read = patients.into_iter().find(|one| one.id == "SB-P7").unwrap();
        assert!(read.person == Some(new.person), "{text:?}");
    }
}

#[tokio::test]
async fn staff_are_told_whom_a_new_patient_may_be() {
    let practice = Practice::new();
    let perhaps = |id: &str| Perhaps {
        patient_id: id.to_owned(),
        explanation: "same name; another phone".to_owned(),
    };
    let mut new = new_patient(7, "Zoë");
    new.perhaps = vec![perhaps("P2"), perhaps("P1")];
    practice.adapter.create_patient(&new).await.unwrap();
    let row = &cells(&practice, "new_patients.csv")[0];
    assert_eq!((&row[0], &row[1], &row[2]), ("7", "SB-P7", ""));
    assert_eq!((&row[16], &row[17]), ("P2 P1", "same name; another phone"));
}

#[tokio::test]
async fn no_cell_is_a_formula_to_a_spreadsheet() {
    let practice = Practice::new();
    for (id, text) in (7..).zip(TEXTS) {
        let mut new = new_patient(id, text);
        new.person.phone = Some(text.to_owned());
        practice.adapter.create_patient(&new).await.unwrap();
    }
    let rows = cells(&practice, "new_patients.csv");
    assert_eq!(rows.len(), TEXTS.len());
    for cell in rows.iter().flatten() {
        let is_number = cell.bytes().skip(1).all(|byte| !byte.is_ascii_alphabetic());
        assert!(!cell.starts_with(['=', '@', '\t', '\r']), "{cell:?}");
        assert!(!cell.starts_with(['+', '-']) || is_number && !cell[1..].contains(['+', '-']));
    }
    let phones: Vec<_> = rows.iter().map(|row| &row[6]).collect();
    assert!(phones.contains(&"'=HYPERLINK(\"http://evil.example\")"));
    assert!(phones.contains(&"+61 (2) 1234.5678") && phones.contains(&"'t Hooft"));
}

#[cfg(unix)]
#[tokio::test]
async fn whoever_reads_a_file_has_it_whole_while_it_is_replaced() {
    let practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    let before = practice.read("bookings.csv");
    let mut open = File::open(practice.path("bookings.csv")).unwrap();
    practice.adapter.cancel(7, &[]).await.unwrap();
    let mut read = String::new();
    open.read_to_string(&mut read).unwrap();
    assert_eq!(read, before);
    assert!(!practice.path(".bookings.csv.partial").exists());
}

#[tokio::test]
async fn what_cannot_be_written_did_not_happen() {
    let mut practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    let before = practice.read("bookings.csv");
    // Where a file would be written beside, there is a folder: as good as a full disk.
    for file in ["bookings.csv", "new_patients.csv"] {
        std::fs::create_dir(practice.path(&format!(".{file}.partial"))).unwrap();
    }
    let ten = booking(8, datetime(2027, 3, 31, 10, 0, 0, 0));
    let error = said(practice.insert(&ten).await);
    assert!(
        error.starts_with("bookings.csv: cannot be written: "),
        "{error}"
    );
    assert_eq!(practice.adapter.find(8).await, Ok(None));
    assert!(practice.adapter.cancel(7, &[]).await.is_err());
    assert!(practice.adapter.find(7).await.unwrap().is_some());
    let new = new_patient(8, "Zoë");
    let error = said(practice.adapter.create_patient(&new).await);
    assert!(
        error.starts_with("new_patients.csv: cannot be written: "),
        "{error}"
    );
    assert_eq!(practice.patients(None).await.changed.len(), 2);
    assert_eq!(practice.read("bookings.csv"), before);
    practice.restart();
    std::fs::remove_dir(practice.path(".bookings.csv.partial")).unwrap();
    practice.insert(&ten).await.unwrap();
}

#[tokio::test]
async fn what_a_crash_left_half_written_beside_does_no_harm() {
    let mut practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    std::fs::write(practice.path(".bookings.csv.partial"), "bookingId,pmsApp").unwrap();
    practice.restart();
    assert!(practice.adapter.find(7).await.unwrap().is_some());
    practice.adapter.cancel(7, &[]).await.unwrap();
    assert!(practice.read("bookings.csv").contains("cancelled"));
}

#[tokio::test]
async fn an_agent_whose_file_was_spoilt_does_not_begin() {
    let practice = Practice::new();
    practice.insert(&booking(7, NINE)).await.unwrap();
    let good = practice.read("bookings.csv");
    let open = || said(Folder::open(practice.folder.path()));
    practice.export("bookings.csv", good.replace("booked", "maybe"));
    assert_eq!(
        open(),
        "bookings.csv:2: status: must be booked or cancelled"
    );
    let row = good.lines().nth(1).unwrap();
    practice.export("bookings.csv", format!("{good}{row}\n"));
    assert_eq!(
        open(),
        "bookings.csv:3: bookingId: stands on line 2 already"
    );
    practice.export("bookings.csv", &good[..good.len() - 1]);
    assert!(open().starts_with("bookings.csv:2: the file ends within a line"));
}
