//! What the hub asks for.

use crate::{Client, Error};
use slotbridge_wire::{
    bookings::{Booking, BookingUpdate},
    page::Page,
    requests::{AvailabilityRequest, RequestName},
};

const BOOKINGS: &[&str] = &["requests", "bookings"];
const BOOKING_UPDATES: &[&str] = &["requests", "bookingUpdates"];
const AVAILABILITY: &[&str] = &["requests", "availability"];

impl Client {
    /// The kinds of requests that are outstanding, in the order to work on them (REQ-1). Kinds that
    /// this client does not know are left out. To be called every few seconds.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn poll_requests(&self) -> Result<Vec<RequestName>, Error> {
        let names: Vec<String> = self.read(self.get(&["requests"])).await?;
        Ok(names
            .iter()
            .filter_map(|name| RequestName::from_name(name))
            .collect())
    }

    /// One page, from 1, of the bookings to insert, oldest first (BOOK-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn booking_requests(&self, page: i64) -> Result<Page<Booking>, Error> {
        self.page(BOOKINGS, page).await
    }

    /// All bookings to insert, oldest first (BOOK-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn all_booking_requests(&self) -> Result<Vec<Booking>, Error> {
        self.all_pages(BOOKINGS).await
    }

    /// One page, from 1, of the changes to take note of, oldest first (BOOK-8).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn booking_update_requests(&self, page: i64) -> Result<Page<BookingUpdate>, Error> {
        self.page(BOOKING_UPDATES, page).await
    }

    /// All changes to take note of, oldest first (BOOK-8).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn all_booking_update_requests(&self) -> Result<Vec<BookingUpdate>, Error> {
        self.all_pages(BOOKING_UPDATES).await
    }

    /// One page, from 1, of the days whose free times are wanted, oldest request first (AVAIL-7).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn availability_requests(
        &self,
        page: i64,
    ) -> Result<Page<AvailabilityRequest>, Error> {
        self.page(AVAILABILITY, page).await
    }

    /// All days whose free times are wanted, oldest request first (AVAIL-7).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn all_availability_requests(&self) -> Result<Vec<AvailabilityRequest>, Error> {
        self.all_pages(AVAILABILITY).await
    }
}
