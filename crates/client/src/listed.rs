//! What the items of each list are known by.

use crate::items::Listed;
use slotbridge_wire::{
    bookings::{Booking, BookingUpdate},
    documents::{AttachDocumentRequest, AvailableDocumentsRequest, UploadDocumentsRequest},
    requests::{AvailabilityRequest, ClientSnapshotRequest, PmsAppointmentChangesRequest},
    subscriptions::SubscriptionErrorLog,
};

impl Listed for Booking {
    fn key(&self) -> String {
        self.booking_id.to_string()
    }
}

impl Listed for BookingUpdate {
    fn key(&self) -> String {
        self.request_id.to_string()
    }
}

impl Listed for AvailabilityRequest {
    fn key(&self) -> String {
        format!("{} {:?}", self.day, self.pms_resource_id)
    }
}

impl Listed for PmsAppointmentChangesRequest {
    fn key(&self) -> String {
        self.booking_id.to_string()
    }
}

impl Listed for AvailableDocumentsRequest {
    fn key(&self) -> String {
        self.booking_id.to_string()
    }
}

impl Listed for UploadDocumentsRequest {
    fn key(&self) -> String {
        format!("{} {}", self.booking_id, self.pms_document_id)
    }
}

impl Listed for ClientSnapshotRequest {
    fn key(&self) -> String {
        format!("{} {}", self.date, self.date_type)
    }
}

impl Listed for AttachDocumentRequest {
    fn key(&self) -> String {
        self.request_id.to_string()
    }
}

impl Listed for SubscriptionErrorLog {
    fn key(&self) -> String {
        self.id.clone()
    }
}
