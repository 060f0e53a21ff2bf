//! What a subscription is for.

use crate::names::names;

names! {
    /// A subscription's topic: requests of one type, or of all.
    pub enum SubscriptionTopic {
        /// All requests.
        All = "requests.*",
        /// Bookings to insert.
        Bookings = "requests.bookings",
        /// Cancellations to take note of.
        BookingUpdates = "requests.bookingUpdates",
        /// Days whose free times are wanted.
        Availability = "requests.availability",
        /// Bookings whose appointments may have changed.
        PmsAppointmentChanges = "requests.pmsAppointmentChanges",
        /// The list of resources is wanted.
        PmsResources = "requests.pmsResources",
        /// The list of appointment types is wanted.
        PmsAppointmentTypes = "requests.pmsAppointmentTypes",
        /// The list of some bookings' documents is wanted.
        AvailableDocuments = "requests.availableDocuments",
        /// Some documents are wanted.
        UploadDocuments = "requests.uploadDocuments",
        /// Client snapshots of some days are wanted.
        ClientSnapshots = "requests.clientSnapshots",
        /// There are documents to attach to patients.
        AttachDocuments = "requests.attachDocuments",
    }
}
