//! The operations of the PMS API: how each is called, and whether it may be called again.

/// An HTTP method that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Acts, adds or replaces.
    Post,
    /// Writes anew what has an id.
    Put,
    /// Deletes what has an id.
    Delete,
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

/// When a call that failed is made again. In either case a call that the hub did not take up (429,
/// 503) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Also when no answer came: made twice, it does what it does once, and answers the same.
    Always,
    /// Without an answer only if the call certainly did not arrive. Made twice, the second call
    /// would be told that there is nothing to be done, as if the first had failed.
    IfNotArrived,
}

/// An operation of the PMS API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name in the API, the `operationId`.
    pub name: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path below the base URL, with names in braces for ids.
    pub path: &'static str,
    /// Whether it may be called again.
    pub repeat: Repeat,
    /// Whether it carries so much that it may take minutes on a clinic's line.
    pub bulky: bool,
}

impl Operation {
    const fn new(name: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            name,
            method,
            path,
            repeat: Repeat::Always,
            bulky: false,
        }
    }

    const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Get, path)
    }

    const fn post(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Post, path)
    }

    const fn if_not_arrived(mut self) -> Self {
        self.repeat = Repeat::IfNotArrived;
        self
    }

    const fn bulky(mut self) -> Self {
        self.bulky = true;
        self
    }
}

/// Gives each operation a name in this crate, and lists them all.
macro_rules! operations {
    ($($(#[doc = $why:literal])* $constant:ident = $operation:expr;)+) => {
        $($(#[doc = $why])* pub(crate) const $constant: Operation = $operation;)+

        /// All 43 operations.
        pub const ALL: &[Operation] = &[$($constant),+];
    };
}

operations! {
    POLL_REQUESTS = Operation::get("pollRequests", "/requests");
    BOOKING_REQUESTS = Operation::get("bookingRequests", "/requests/bookings");
    BOOKING_UPDATE_REQUESTS = Operation::get("bookingUpdateRequests", "/requests/bookingUpdates");
    AVAILABILITY_SNAPSHOT_REQUESTS =
        Operation::get("availabilitySnapshotRequests", "/requests/availability");
    PMS_APPOINTMENT_CHANGE_REQUESTS =
        Operation::get("pmsAppointmentChangeRequests", "/requests/pmsAppointmentChanges");
    AVAILABLE_DOCUMENTS_REQUESTS =
        Operation::get("availableDocumentsRequests", "/requests/availableDocuments");
    UPLOAD_DOCUMENTS_REQUESTS =
        Operation::get("uploadDocumentsRequests", "/requests/uploadDocuments");
    CLIENT_SNAPSHOTS_REQUESTS =
        Operation::get("clientSnapshotsRequests", "/requests/clientSnapshots");
    ATTACH_DOCUMENT_REQUESTS =
        Operation::get("attachDocumentRequests", "/requests/attachDocuments");

    /// The same confirm again: 200 (BOOK-4).
    CONFIRM_BOOKING_INSERT =
        Operation::post("confirmBookingInsert", "/bookings/{bookingId}/confirmInsert");
    /// The same reject again: 200 (BOOK-5).
    REJECT_BOOKING_INSERT =
        Operation::post("rejectBookingInsert", "/bookings/{bookingId}/rejectInsert");
    /// The same answer again: 200 (BOOK-8).
    CONFIRM_BOOKING_UPDATE =
        Operation::post("confirmBookingUpdate", "/bookings/{bookingId}/confirmUpdate/{requestId}");
    /// The same answer again: 200 (BOOK-8).
    REJECT_BOOKING_UPDATE =
        Operation::post("rejectBookingUpdate", "/bookings/{bookingId}/rejectUpdate/{requestId}");
    /// Again: 200 (BOOK-9).
    CANCEL_BOOKING = Operation::post("cancelBooking", "/bookings/{bookingId}/cancel");
    /// Again: 200 (BOOK-10).
    DID_NOT_ATTEND = Operation::post("didNotAttend", "/bookings/{bookingId}/didNotAttend");
    /// With no request outstanding: 200 (BOOK-11).
    NO_PMS_APPOINTMENT_CHANGE =
        Operation::post("noPmsAppointmentChange", "/bookings/{bookingId}/noPmsAppointmentChange");

    /// Replaces what is known of a day (AVAIL-1).
    SEND_AVAILABILITY_SNAPSHOT =
        Operation::post("sendAvailabilitySnapshot", "/availability/snapshot");
    /// As one snapshot; those that were taken are then among the existing (AVAIL-6).
    SEND_AVAILABILITY_SNAPSHOTS =
        Operation::post("sendAvailabilitySnapshots", "/availability/snapshots");
    /// Replaces the snapshot of that date and type (SNAP-1).
    SEND_CLIENT_SNAPSHOT = Operation::post("sendClientSnapshot", "/clientSnapshot").bulky();

    /// Replaces the list (CONF-1).
    UPLOAD_PMS_RESOURCES = Operation::post("uploadPmsResources", "/config/pmsResources/snapshot");
    GET_RESOURCES = Operation::get("getResources", "/config/pmsResources");
    FIND_BY_PMS_RESOURCE_ID =
        Operation::get("findByPmsResourceId", "/config/pmsResources/findById");
    /// Replaces the list (CONF-2).
    UPLOAD_PMS_APPOINTMENT_TYPES =
        Operation::post("uploadPmsAppointmentTypes", "/config/pmsAppointmentTypes/snapshot");
    GET_PMS_APPOINTMENT_TYPES =
        Operation::get("getPmsAppointmentTypes", "/config/pmsAppointmentTypes");
    FIND_BY_PMS_APPOINTMENT_TYPE_ID =
        Operation::get("findByPmsAppointmentTypeId", "/config/pmsAppointmentTypes/findById");
    GET_LIVENESS_CONTRACT = Operation::get("getLivenessContract", "/config/livenessContract");
    /// Replaced whole (CONF-3).
    UPLOAD_LIVENESS_CONTRACT = Operation::post("uploadLivenessContract", "/config/livenessContract");

    GET_FEATURES = Operation::get("getFeatures", "/features");
    GET_FEATURE = Operation::get("getFeature", "/features/{id}");
    /// Idempotent (CONF-4).
    ENABLE_FEATURE = Operation::post("enableFeature", "/features/{id}/enable");
    /// Idempotent (CONF-4).
    DISABLE_FEATURE = Operation::post("disableFeature", "/features/{id}/disable");

    /// What is said of a document replaces what was said before (DOC-1).
    AVAILABLE_DOCUMENTS = Operation::post("availableDocuments", "/documents/available");
    /// The same upload again: 200 (DOC-2).
    UPLOAD_DOCUMENT = Operation::post("uploadDocument", "/documents/upload").bulky();
    /// Again: 200 (DOC-3).
    REJECT_UPLOAD_DOCUMENT = Operation::post("rejectUploadDocument", "/documents/rejectUpload");

    GET_ATTACH_DOCUMENT =
        Operation::get("getAttachDocument", "/attachDocuments/{requestId}").bulky();
    /// Again: 410 (ATT-2).
    CONFIRM_ATTACH_DOCUMENT =
        Operation::post("confirmAttachDocument", "/attachDocuments/{requestId}/confirmInsert")
            .if_not_arrived();
    /// Again: 410 (ATT-2).
    REJECT_ATTACH_DOCUMENT =
        Operation::post("rejectAttachDocument", "/attachDocuments/{requestId}/rejectInsert")
            .if_not_arrived();

    GET_SUBSCRIPTIONS = Operation::get("getSubscriptions", "/subscription");
    /// The same topic, URL and client id again is the same subscription (SUB-1).
    CREATE_SUBSCRIPTION = Operation::post("createSubscription", "/subscription");
    GET_SUBSCRIPTION = Operation::get("getSubscription", "/subscription/{id}");
    /// Replaces all of it (SUB-1).
    REPLACE_SUBSCRIPTION =
        Operation::new("replaceSubscription", Method::Put, "/subscription/{id}");
    /// Again: 404 (SUB-1).
    DELETE_SUBSCRIPTION =
        Operation::new("deleteSubscription", Method::Delete, "/subscription/{id}").if_not_arrived();
    GET_SUBSCRIPTION_ERROR_LOGS =
        Operation::get("getSubscriptionErrorLogs", "/subscriptionErrorLog");
}
