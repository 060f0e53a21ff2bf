//! A folder with what a small practice has.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use slotbridge_agent::adapter::{
    Adapter, Changes, FreeTimes, Inserted, NewPatient, Patients, Trouble,
};
use slotbridge_agent_folder::Folder;
use slotbridge_client::wire::bookings::{Booking, BookingStatus, Patient};
use slotbridge_client::wire::profile::Field;
use std::fs::File;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const DAY: Date = date(2027, 3, 31);

pub(crate) const FREE: &str = "pmsResourceId,date,start,end,slotSeconds,pmsAppointmentTypeIds\n\
    R1,2027-03-31,09:00,12:00,900,\n\
    R1,2027-04-01,09:00,12:00,900,G L\n\
    R2,2027-03-31,13:00,24:00,0,\n";

/// A practice's folder, and the adapter of an agent.
pub(crate) struct Practice {
    pub(crate) folder: TempDir,
    pub(crate) adapter: Folder,
}

impl Practice {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let adapter = Folder::open(folder.path()).unwrap();
        let practice = Self { folder, adapter };
        practice.export(
            "resources.csv",
            "pmsResourceId,pmsResourceName,title\nR1,Dr Alice Nguyen,Dr\nR2,Room 2,\n",
        );
        practice.export(
            "appointment_types.csv",
            "pmsAppointmentTypeId,pmsAppointmentTypeName,minutes\nG,Standard,15\nL,Long,\n",
        );
        practice.export("free_times.csv", FREE);
        practice.export(
            "patients.csv",
            "patientId,firstname,lastname,dob\nP1,Robert,Brown,1985-03-27\nP2,Ann,Lee,1990-01-02\n",
        );
        practice.export("changes.csv", "bookingId,change\n");
        practice
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Replaces a file as a good PMS does.
    pub(crate) fn export(&self, file: &str, content: impl AsRef<[u8]>) {
        let beside = self.path(&format!("{file}.tmp"));
        std::fs::write(&beside, content).unwrap();
        std::fs::rename(beside, self.path(file)).unwrap();
    }

    /// Writes over a file so that nothing but its content tells that it did.
    pub(crate) fn write_unseen(&self, file: &str, content: &str) {
        let path = self.path(file);
        let before = path.metadata().unwrap();
        assert_eq!(before.len(), content.len() as u64, "as long as before");
        std::fs::write(&path, content).unwrap();
        let written = File::options().write(true).open(&path).unwrap();
        written.set_modified(before.modified().unwrap()).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    /// The agent ends, and another one begins.
    pub(crate) fn restart(&mut self) {
        self.adapter = Folder::open(self.folder.path()).unwrap();
    }

    pub(crate) async fn free(&self, resource: &str) -> Result<FreeTimes, Trouble> {
        let last = date(2027, 4, 30);
        self.adapter.free_times(resource, DAY, last).await
    }

    /// From when to when a resource is free on [`DAY`], in minutes since midnight.
    pub(crate) async fn minutes(&self, resource: &str) -> Vec<(u32, u32)> {
        let mut free = self.free(resource).await.unwrap();
        let day = free.remove(&DAY).unwrap_or_default().into_iter();
        day.map(|range| (range.start / 60, range.end / 60))
            .collect()
    }

    pub(crate) async fn changes(&self, mark: Option<&str>) -> Changes {
        self.adapter.changed_since(mark).await.unwrap()
    }

    pub(crate) async fn patients(&self, mark: Option<&str>) -> Patients {
        self.adapter.patients(mark).await.unwrap()
    }

    pub(crate) async fn insert(&self, booking: &Booking) -> Result<Inserted, Trouble> {
        self.adapter.insert(booking, "P1").await
    }
}

/// What an error says.
pub(crate) fn said<T>(result: Result<T, Trouble>) -> String {
    match result {
        Ok(_) => panic!("it went well"),
        Err(Trouble::Later(why)) => why,
        Err(Trouble::Refused(why)) => format!("refused: {why}"),
    }
}

/// A booking of the first resource for a quarter of an hour.
pub(crate) fn booking(id: i64, start: DateTime) -> Booking {
    Booking {
        booking_id: id,
        pms_resource_id: Field::Value("R1".to_owned()),
        pms_appointment_type_id: Field::Value("G".to_owned()),
        pms_appointment_ids: Vec::new(),
        pms_patient_id: Field::Absent,
        booked_time: Timestamp::UNIX_EPOCH,
        booking_status: BookingStatus::Requested,
        pms_appointment_time: start,
        pms_appointment_length: 900,
        reason: String::new(),
        comments: String::new(),
        patient: person("Zoë"),
        telehealth_url: None,
        is_new_patient: false,
    }
}

pub(crate) fn person(firstname: &str) -> Patient {
    Patient {
        firstname: firstname.to_owned(),
        lastname: "Brown".to_owned(),
        dob: "27-03-1985".to_owned(),
        ..Patient::default()
    }
}

pub(crate) fn new_patient(booking_id: i64, firstname: &str) -> NewPatient {
    NewPatient {
        booking_id,
        person: person(firstname),
        perhaps: Vec::new(),
    }
}
