//! What a practice uses of the hub beyond booking.

use std::str::FromStr;

/// A product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Patients are reminded of their appointments (SNAP-3).
    Reminders,
    /// Patients are asked how it was.
    PatientFeedback,
    /// Patients see how long they will wait.
    WaitingRoom,
    /// Patients say that they have arrived.
    CheckIns,
    /// New patients fill in a form before they come (ATT-1).
    NewPatientForm,
    /// Patients answer questions before they come (ATT-1).
    PreScreeningForm,
}

impl Product {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Reminders,
        Self::PatientFeedback,
        Self::WaitingRoom,
        Self::CheckIns,
        Self::NewPatientForm,
        Self::PreScreeningForm,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reminders => "reminders",
            Self::PatientFeedback => "patientFeedback",
            Self::WaitingRoom => "waitingRoom",
            Self::CheckIns => "checkIns",
            Self::NewPatientForm => "newPatientForm",
            Self::PreScreeningForm => "preScreeningForm",
        }
    }

    /// Whether it lives on the PMS's client snapshots (SNAP-1).
    #[must_use]
    pub const fn needs_client_snapshots(self) -> bool {
        !matches!(self, Self::PreScreeningForm)
    }
}

impl FromStr for Product {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|product| product.as_str() == name)
            .ok_or(())
    }
}
