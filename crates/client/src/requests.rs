//! What the hub asks for: the poll, and a list for each kind of request. Each list can be read page by
//! page, from 1, or whole.

use crate::{
    Client, Error, Items,
    operations::{
        ATTACH_DOCUMENT_REQUESTS, AVAILABILITY_SNAPSHOT_REQUESTS, AVAILABLE_DOCUMENTS_REQUESTS,
        BOOKING_REQUESTS, BOOKING_UPDATE_REQUESTS, CLIENT_SNAPSHOTS_REQUESTS,
        PMS_APPOINTMENT_CHANGE_REQUESTS, POLL_REQUESTS, UPLOAD_DOCUMENTS_REQUESTS,
    },
};
use slotbridge_wire::{
    bookings::{Booking, BookingUpdate},
    documents::{AttachDocumentRequest, AvailableDocumentsRequest, UploadDocumentsRequest},
    page::Page,
    requests::{
        AvailabilityRequest, ClientSnapshotRequest, PmsAppointmentChangesRequest, RequestName,
    },
};

impl Client {
    /// The kinds of requests that are outstanding, in the order to work on them (REQ-1). Kinds that
    /// this client does not know are left out. To be called every few seconds.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn poll_requests(&self) -> Result<Vec<RequestName>, Error> {
        let names: Vec<String> = self.read(self.call(&POLL_REQUESTS, &[])?).await?;
        Ok(names
            .iter()
            .filter_map(|name| RequestName::from_name(name))
            .collect())
    }

    /// One page of the bookings to insert, oldest first (BOOK-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn booking_requests(&self, page: i64) -> Result<Page<Booking>, Error> {
        self.page(&BOOKING_REQUESTS, page, &[]).await
    }

    /// All bookings to insert, oldest first (BOOK-1).
    pub fn all_booking_requests(&self) -> Items<Booking> {
        self.items(&BOOKING_REQUESTS, vec![])
    }

    /// One page of the changes of bookings to take note of, oldest first (BOOK-8).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn booking_update_requests(&self, page: i64) -> Result<Page<BookingUpdate>, Error> {
        self.page(&BOOKING_UPDATE_REQUESTS, page, &[]).await
    }

    /// All changes of bookings to take note of, oldest first (BOOK-8).
    pub fn all_booking_update_requests(&self) -> Items<BookingUpdate> {
        self.items(&BOOKING_UPDATE_REQUESTS, vec![])
    }

    /// One page of the days whose free times are wanted, oldest first (AVAIL-7).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn availability_snapshot_requests(
        &self,
        page: i64,
    ) -> Result<Page<AvailabilityRequest>, Error> {
        self.page(&AVAILABILITY_SNAPSHOT_REQUESTS, page, &[]).await
    }

    /// All days whose free times are wanted, oldest first (AVAIL-7).
    pub fn all_availability_snapshot_requests(&self) -> Items<AvailabilityRequest> {
        self.items(&AVAILABILITY_SNAPSHOT_REQUESTS, vec![])
    }

    /// One page of the bookings whose appointment may have changed in the PMS, oldest first (BOOK-12).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn pms_appointment_change_requests(
        &self,
        page: i64,
    ) -> Result<Page<PmsAppointmentChangesRequest>, Error> {
        self.page(&PMS_APPOINTMENT_CHANGE_REQUESTS, page, &[]).await
    }

    /// All bookings whose appointment may have changed in the PMS, oldest first (BOOK-12).
    pub fn all_pms_appointment_change_requests(&self) -> Items<PmsAppointmentChangesRequest> {
        self.items(&PMS_APPOINTMENT_CHANGE_REQUESTS, vec![])
    }

    /// One page of the bookings whose documents are wanted to be known, oldest first (DOC-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn available_documents_requests(
        &self,
        page: i64,
    ) -> Result<Page<AvailableDocumentsRequest>, Error> {
        self.page(&AVAILABLE_DOCUMENTS_REQUESTS, page, &[]).await
    }

    /// All bookings whose documents are wanted to be known, oldest first (DOC-1).
    pub fn all_available_documents_requests(&self) -> Items<AvailableDocumentsRequest> {
        self.items(&AVAILABLE_DOCUMENTS_REQUESTS, vec![])
    }

    /// One page of the documents that patients consented to have, oldest first (DOC-2).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn upload_documents_requests(
        &self,
        page: i64,
    ) -> Result<Page<UploadDocumentsRequest>, Error> {
        self.page(&UPLOAD_DOCUMENTS_REQUESTS, page, &[]).await
    }

    /// All documents that patients consented to have, oldest first (DOC-2).
    pub fn all_upload_documents_requests(&self) -> Items<UploadDocumentsRequest> {
        self.items(&UPLOAD_DOCUMENTS_REQUESTS, vec![])
    }

    /// One page of the dates whose client snapshots are wanted, oldest first (SNAP-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn client_snapshots_requests(
        &self,
        page: i64,
    ) -> Result<Page<ClientSnapshotRequest>, Error> {
        self.page(&CLIENT_SNAPSHOTS_REQUESTS, page, &[]).await
    }

    /// All dates whose client snapshots are wanted, oldest first (SNAP-1).
    pub fn all_client_snapshots_requests(&self) -> Items<ClientSnapshotRequest> {
        self.items(&CLIENT_SNAPSHOTS_REQUESTS, vec![])
    }

    /// One page of the patients' documents to attach, without their content, oldest first (ATT-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn attach_document_requests(
        &self,
        page: i64,
    ) -> Result<Page<AttachDocumentRequest>, Error> {
        self.page(&ATTACH_DOCUMENT_REQUESTS, page, &[]).await
    }

    /// All patients' documents to attach, without their content, oldest first (ATT-1).
    pub fn all_attach_document_requests(&self) -> Items<AttachDocumentRequest> {
        self.items(&ATTACH_DOCUMENT_REQUESTS, vec![])
    }
}
