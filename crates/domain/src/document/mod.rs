//! Documents: those of the PMS that a patient may have (DOC-1 to DOC-3), and those of a patient that
//! are to be attached in the PMS (ATT-1, ATT-2).
//!
//! ```text
//! of the PMS:    available --consent--> requested --upload--> uploaded
//!                requested --rejectUpload--> declined --consent--> requested
//! of a patient:  waiting --the booking's patient is known--> requested
//!                requested --confirmInsert--> attached
//!                requested --rejectInsert--> rejected
//!                requested --30 days--> expired
//! ```

mod file;
mod form;
pub mod pdf;

pub use file::{FileKind, MOST_FILE_BYTES, ending_of, file_name};
pub use form::{Answer, Field, FieldKind, Form, FormFault};

use crate::names::names;

/// Where a document of the PMS stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentState {
    /// The PMS has it; nobody asked for it.
    Available,
    /// The patient has consented, and the PMS is asked for it.
    Requested,
    /// It is here.
    Uploaded,
    /// The PMS does not give it.
    Declined,
}

names!(DocumentState {
    DocumentState::Available = "available",
    DocumentState::Requested = "requested",
    DocumentState::Uploaded = "uploaded",
    DocumentState::Declined = "declined",
});

/// What becomes of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uploading {
    /// It is wanted.
    Taken,
    /// It came before.
    Same,
    /// Nobody asked for it.
    Unasked,
}

/// What becomes of the rejection of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declining {
    /// The request is answered.
    Taken,
    /// It was answered so before.
    Same,
    /// Nobody asked for it.
    Unasked,
    /// It was uploaded before.
    Uploaded,
}

impl DocumentState {
    /// Whether a consent asks the PMS for it: unless it was asked already, or has given it. One that
    /// it did not give may be asked for again.
    #[must_use]
    pub const fn consent_asks(self) -> bool {
        matches!(self, Self::Available | Self::Declined)
    }

    /// What becomes of an upload; `same` says whether its content is the one that is here (DOC-2).
    #[must_use]
    pub const fn upload(self, same: bool) -> Uploading {
        match self {
            Self::Requested => Uploading::Taken,
            Self::Uploaded if same => Uploading::Same,
            Self::Uploaded | Self::Available | Self::Declined => Uploading::Unasked,
        }
    }

    /// What becomes of a rejection (DOC-3).
    #[must_use]
    pub const fn decline(self) -> Declining {
        match self {
            Self::Requested => Declining::Taken,
            Self::Declined => Declining::Same,
            Self::Available => Declining::Unasked,
            Self::Uploaded => Declining::Uploaded,
        }
    }
}

/// Where a patient's document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentState {
    /// The PMS has not said yet who the patient is.
    Waiting,
    /// The PMS is asked to attach it.
    Requested,
    /// It is in the PMS.
    Attached,
    /// The PMS did not take it.
    Rejected,
    /// The PMS did not answer in time.
    Expired,
}

names!(AttachmentState {
    AttachmentState::Waiting = "waiting",
    AttachmentState::Requested = "requested",
    AttachmentState::Attached = "attached",
    AttachmentState::Rejected = "rejected",
    AttachmentState::Expired = "expired",
});

/// What a patient's document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// The form of a new patient.
    NewPatientForm,
    /// The form to be filled in before a visit.
    PreScreeningForm,
    /// A referral.
    Referral,
    /// A report or result of somebody else's.
    MedicalReport,
    /// Any other.
    Other,
}

names!(AttachmentKind {
    AttachmentKind::NewPatientForm = "newPatientForm",
    AttachmentKind::PreScreeningForm = "preScreeningForm",
    AttachmentKind::Referral = "referral",
    AttachmentKind::MedicalReport = "medicalReport",
    AttachmentKind::Other = "other",
});

impl AttachmentKind {
    /// Those that a patient gives as a file.
    pub const FILES: [Self; 3] = [Self::Referral, Self::MedicalReport, Self::Other];

    /// The category, as the PMS API has it.
    #[must_use]
    pub const fn document_type(self) -> &'static str {
        match self {
            Self::NewPatientForm => "NEW PATIENT FORM",
            Self::PreScreeningForm => "PRE-SCREENING FORM",
            Self::Referral => "REFERRAL",
            Self::MedicalReport => "MEDICAL REPORT",
            Self::Other => "OTHER",
        }
    }

    /// The name, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NewPatientForm => "New Patient Form",
            Self::PreScreeningForm => "Pre-Screening Form",
            Self::Referral => "Referral",
            Self::MedicalReport => "Medical Report",
            Self::Other => "Document",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_taken_once_and_only_if_somebody_asked_doc_2() {
        use DocumentState::{Available, Declined, Requested, Uploaded};
        for same in [false, true] {
            assert_eq!(Requested.upload(same), Uploading::Taken);
            assert_eq!(Available.upload(same), Uploading::Unasked);
            assert_eq!(Declined.upload(same), Uploading::Unasked);
        }
        assert_eq!(Uploaded.upload(true), Uploading::Same);
        assert_eq!(Uploaded.upload(false), Uploading::Unasked);
    }

    #[test]
    fn a_rejection_answers_what_was_asked_doc_3() {
        assert_eq!(DocumentState::Requested.decline(), Declining::Taken);
        assert_eq!(DocumentState::Declined.decline(), Declining::Same);
        assert_eq!(DocumentState::Available.decline(), Declining::Unasked);
        assert_eq!(DocumentState::Uploaded.decline(), Declining::Uploaded);
    }

    #[test]
    fn a_consent_asks_unless_it_is_asked_or_here_doc_2() {
        assert!(DocumentState::Available.consent_asks());
        assert!(DocumentState::Declined.consent_asks());
        assert!(!DocumentState::Requested.consent_asks());
        assert!(!DocumentState::Uploaded.consent_asks());
    }
}
