//! How far a booking has come.

/// How far a booking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The PMS is being asked to insert it.
    Inserting,
    /// The PMS has it, the hub may not know.
    Inserted,
    /// The hub was told that the PMS has it.
    Confirmed,
    /// The hub is being told that the PMS does not take it.
    Rejecting,
    /// The hub was told so.
    Rejected,
    /// It is off.
    Off,
}

impl Step {
    const ALL: [(Self, &str); 6] = [
        (Self::Inserting, "inserting"),
        (Self::Inserted, "inserted"),
        (Self::Confirmed, "confirmed"),
        (Self::Rejecting, "rejecting"),
        (Self::Rejected, "rejected"),
        (Self::Off, "off"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(step, _)| *step == self);
        found.map_or("", |(_, name)| name)
    }

    pub(super) fn of_name(text: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, name)| *name == text);
        found.map(|(step, _)| *step)
    }
}

/// What is remembered of a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// How far it has come.
    pub step: Step,
    /// Its appointments, once it is inserted.
    pub appointment_ids: Vec<String>,
    /// Its patient, once there is one.
    pub patient_id: String,
}
