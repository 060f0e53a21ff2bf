//! A book in a folder of its own.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use slotbridge_agent::adapter::{Adapter, Changes, Inserted, NewPatient, Trouble};
use slotbridge_agent_book::{Book, Entry};
use slotbridge_client::wire::bookings::{Booking, BookingStatus, Patient};
use slotbridge_client::wire::profile::Field;
use std::future::Future;
use std::path::PathBuf;
use tempfile::TempDir;

/// A Monday.
pub(crate) const DAY: Date = date(2026, 11, 30);

pub(crate) struct Practice {
    folder: TempDir,
    pub(crate) book: Book,
}

/// The book's answers are there at once.
pub(crate) fn now<T>(doing: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(doing)
}

impl Practice {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::open(&folder.path().join("book")).unwrap();
        Self { folder, book }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("book")
    }

    pub(crate) fn insert(&self, booking: &Booking) -> Result<Inserted, Trouble> {
        now(self.book.insert(booking, "P1"))
    }

    pub(crate) fn since(&self, mark: Option<&str>) -> Changes {
        now(self.book.changed_since(mark)).unwrap()
    }

    /// What is free of doctor 1 on the day, in minutes since midnight.
    pub(crate) fn free(&self) -> Vec<(u32, u32)> {
        let free = now(self.book.free_times("1", DAY, DAY)).unwrap();
        let ranges = free.get(&DAY).unwrap().iter();
        ranges
            .map(|range| (range.start / 60, range.end / 60))
            .collect()
    }
}

pub(crate) fn at(hour: i8, minute: i8) -> DateTime {
    DAY.at(hour, minute, 0, 0)
}

pub(crate) fn entry(start: DateTime) -> Entry {
    Entry {
        resource: "1".to_owned(),
        start,
        minutes: 15,
        patient_id: None,
    }
}

pub(crate) fn person() -> Patient {
    Patient {
        firstname: "Robert".to_owned(),
        lastname: "Brown".to_owned(),
        dob: "27-03-1985".to_owned(),
        phone: Some("0412345678".to_owned()),
        ..Patient::default()
    }
}

pub(crate) fn newcomer(booking_id: i64) -> NewPatient {
    NewPatient {
        booking_id,
        person: person(),
        perhaps: Vec::new(),
    }
}

pub(crate) fn booking(booking_id: i64, start: DateTime) -> Booking {
    Booking {
        booking_id,
        pms_resource_id: Field::Value("1".to_owned()),
        pms_appointment_type_id: Field::Value("G".to_owned()),
        pms_appointment_ids: Vec::new(),
        pms_patient_id: Field::Absent,
        booked_time: Timestamp::UNIX_EPOCH,
        booking_status: BookingStatus::Requested,
        pms_appointment_time: start,
        pms_appointment_length: 900,
        reason: String::new(),
        comments: String::new(),
        patient: person(),
        telehealth_url: None,
        is_new_patient: false,
    }
}
