//! The answer to a poll.

use crate::names::names;

names! {
    /// A kind of request, as `GET /requests` names it; in the order of REQ-1.
    pub enum RequestName {
        /// There are bookings to insert.
        Bookings = "bookings",
        /// There are cancellations to take note of.
        BookingUpdates = "bookingUpdates",
        /// The free times of some days are wanted.
        Availability = "availability",
        /// It is wanted whether some appointments changed.
        PmsAppointmentChanges = "pmsAppointmentChanges",
        /// The list of resources is wanted.
        PmsResources = "pmsResources",
        /// The list of appointment types is wanted.
        PmsAppointmentTypes = "pmsAppointmentTypes",
        /// The list of some bookings' documents is wanted.
        AvailableDocuments = "availableDocuments",
        /// Some documents are wanted.
        UploadDocuments = "uploadDocuments",
        /// Client snapshots of some days are wanted.
        ClientSnapshots = "clientSnapshots",
        /// There are documents to attach to patients.
        AttachDocuments = "attachDocuments",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stand_in_their_order_req_1() {
        assert_eq!(
            serde_json::to_string(RequestName::ALL).unwrap(),
            r#"["bookings","bookingUpdates","availability","pmsAppointmentChanges","pmsResources","pmsAppointmentTypes","availableDocuments","uploadDocuments","clientSnapshots","attachDocuments"]"#
        );
        assert!(RequestName::ALL.is_sorted());
    }
}
