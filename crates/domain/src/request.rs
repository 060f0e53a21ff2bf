//! What a PMS can be asked to do.

use std::str::FromStr;

/// A kind of request, in the order in which `GET /requests` names them (REQ-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestType {
    /// Insert a booking.
    Bookings,
    /// Take note of a cancellation.
    BookingUpdates,
    /// Send the free times of a day.
    Availability,
    /// Tell whether an appointment changed.
    PmsAppointmentChanges,
    /// Send the resources.
    PmsResources,
    /// Send the appointment types.
    PmsAppointmentTypes,
    /// Tell which documents there are.
    AvailableDocuments,
    /// Send a document.
    UploadDocuments,
    /// Send a client snapshot.
    ClientSnapshots,
    /// Fetch a document and attach it to a patient.
    AttachDocuments,
}

impl RequestType {
    /// All of them, in the order of REQ-1.
    pub const ALL: [Self; 10] = [
        Self::Bookings,
        Self::BookingUpdates,
        Self::Availability,
        Self::PmsAppointmentChanges,
        Self::PmsResources,
        Self::PmsAppointmentTypes,
        Self::AvailableDocuments,
        Self::UploadDocuments,
        Self::ClientSnapshots,
        Self::AttachDocuments,
    ];

    /// The name that the PMS API gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bookings => "bookings",
            Self::BookingUpdates => "bookingUpdates",
            Self::Availability => "availability",
            Self::PmsAppointmentChanges => "pmsAppointmentChanges",
            Self::PmsResources => "pmsResources",
            Self::PmsAppointmentTypes => "pmsAppointmentTypes",
            Self::AvailableDocuments => "availableDocuments",
            Self::UploadDocuments => "uploadDocuments",
            Self::ClientSnapshots => "clientSnapshots",
            Self::AttachDocuments => "attachDocuments",
        }
    }
}

impl FromStr for RequestType {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(())
    }
}
