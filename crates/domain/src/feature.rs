//! The extra features of the PMS API: off until a consumer enables them for a practice (CONF-4).

use crate::request::RequestType;
use std::str::FromStr;

/// An extra feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Documents of the PMS, shown to patients (DOC-1 to DOC-3).
    Documents,
    /// Snapshots of the appointment book, for reminders (SNAP-1 to SNAP-3).
    ClientSnapshots,
    /// Documents of ours, attached to patients of the PMS (ATT-1, ATT-2).
    AttachDocuments,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::Documents,
        Self::ClientSnapshots,
        Self::AttachDocuments,
    ];

    /// The id that the PMS API gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::ClientSnapshots => "clientSnapshots",
            Self::AttachDocuments => "attachDocuments",
        }
    }
}

impl FromStr for Feature {
    type Err = ();

    fn from_str(id: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|feature| feature.as_str() == id)
            .ok_or(())
    }
}

impl RequestType {
    /// The feature without which nobody is asked for this (REQ-1).
    #[must_use]
    pub const fn feature(self) -> Option<Feature> {
        match self {
            Self::AvailableDocuments | Self::UploadDocuments => Some(Feature::Documents),
            Self::ClientSnapshots => Some(Feature::ClientSnapshots),
            Self::AttachDocuments => Some(Feature::AttachDocuments),
            Self::Bookings
            | Self::BookingUpdates
            | Self::Availability
            | Self::PmsAppointmentChanges
            | Self::PmsResources
            | Self::PmsAppointmentTypes => None,
        }
    }
}
