//! The integration: polls the hub every second, does what it asks for in the order in which it
//! asks, and sends a day whenever something on it has changed.

use super::book::{Appointment, Book, Clash};
use super::duties::{Duties, Duty};
use crate::demo::samples::Samples;
use crate::demo::wall::{Wall, shown};
use crate::system;
use jiff::civil::{Date, DateTime};
use slotbridge_client::wire::availability::{AvailabilitySnapshot, MAX_BATCH, SnapshotsResult};
use slotbridge_client::wire::bookings::{Booking, BookingUpdate, ConfirmBookingInsert};
use slotbridge_client::wire::requests::RequestName;
use slotbridge_client::{Client, Error};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often it polls.
const EVERY: Duration = Duration::from_secs(1);

/// What it says about what it does.
type Tell = Box<dyn Fn(String) + Send + Sync>;

/// The practice management system.
pub(crate) struct Pms {
    client: Client,
    samples: Samples,
    wall: Wall,
    book: Mutex<Book>,
    duties: Duties,
    tell: Tell,
}

impl Pms {
    /// A practice whose book is empty.
    pub(crate) fn new(client: Client, samples: Samples, wall: Wall, tell: Tell) -> Self {
        let book = Book::new(samples.day.availability.clone(), wall.now().as_second());
        let duties = Duties::default();
        Self {
            client,
            samples,
            wall,
            book: Mutex::new(book),
            duties,
            tell,
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a duty undone.
    pub(crate) fn neglect(&self, duty: Duty) {
        self.duties.set(duty, false);
    }

    /// Takes a duty up again.
    pub(crate) fn resume(&self, duty: Duty) {
        self.duties.set(duty, true);
    }

    /// Tells the hub when it can count on this integration.
    pub(crate) async fn publish_contract(&self) -> Result<(), Error> {
        self.client
            .upload_liveness_contract(&self.samples.contract)
            .await
    }

    /// Tells the hub who can be booked.
    pub(crate) async fn publish_resources(&self) -> Result<(), Error> {
        self.client
            .upload_pms_resources(&self.samples.resources)
            .await
    }

    /// Tells the hub what for.
    pub(crate) async fn publish_types(&self) -> Result<(), Error> {
        self.client
            .upload_pms_appointment_types(&self.samples.types)
            .await
    }

    /// Tells the hub what is free on these days, of everybody.
    pub(crate) async fn publish_days(&self, days: &[Date]) -> Result<SnapshotsResult, Error> {
        let snapshots: Vec<AvailabilitySnapshot> = days
            .iter()
            .flat_map(|day| {
                self.samples
                    .resources
                    .iter()
                    .map(move |doctor| (day, doctor))
            })
            .map(|(day, doctor)| self.snapshot(&doctor.pms_resource_id, *day))
            .collect();
        let mut result = SnapshotsResult::default();
        for batch in snapshots.chunks(MAX_BATCH) {
            let answer = self.client.send_availability_snapshots(batch).await?;
            result.created.extend(answer.created);
            result.existing.extend(answer.existing);
            result.failed.extend(answer.failed);
            result.errors.extend(answer.errors);
        }
        Ok(result)
    }

    fn snapshot(&self, resource: &str, day: Date) -> AvailabilitySnapshot {
        AvailabilitySnapshot {
            id: Some(format!("{resource} on {day}")),
            date: day,
            pms_resource_id: resource.to_owned(),
            availability: self.book().free(resource, day),
        }
    }

    /// Sends one day of one doctor.
    async fn send_day(&self, resource: &str, day: Date) -> Result<(), Error> {
        self.client
            .send_availability_snapshot(&self.snapshot(resource, day))
            .await
    }

    /// Somebody comes to the desk and is given a time. The hub hears of it with the next snapshot,
    /// as it does of everything that happens between two of them.
    pub(crate) fn walk_in(&self, resource: &str, time: DateTime, seconds: i64) -> bool {
        self.book()
            .enter(Appointment::at(resource, time, seconds, None))
            .is_ok()
    }

    /// Staff cancel the appointment of a booking.
    pub(crate) async fn cancel(&self, booking: i64, reason: &str) -> Result<(), Error> {
        self.client.cancel_booking(booking, Some(reason)).await?;
        let struck = {
            let mut book = self.book();
            book.of_booking(booking).and_then(|id| book.strike(&id))
        };
        match struck {
            Some(old) => self.send_day(&old.resource, old.day).await,
            None => Ok(()),
        }
    }

    /// Polls for ever. What fails is tried again with the next poll.
    pub(crate) async fn run(&self) {
        let mut sent = self.wall.coming_days();
        loop {
            if let Err(error) = self.poll().await {
                (self.tell)(format!("could not do it: {error}"));
            }
            let days = self.wall.coming_days();
            let new = days != sent && self.duties.does(Duty::Availability);
            if new && self.publish_days(&days).await.is_ok() {
                sent = days;
            }
            system::pause(EVERY).await;
        }
    }

    async fn poll(&self) -> Result<(), Error> {
        for request in self.client.poll_requests().await? {
            if Duty::of(request).is_some_and(|duty| !self.duties.does(duty)) {
                continue;
            }
            match request {
                RequestName::Bookings => {
                    for booking in self.client.all_booking_requests().await? {
                        self.insert(&booking).await?;
                    }
                }
                RequestName::BookingUpdates => {
                    for update in self.client.all_booking_update_requests().await? {
                        self.update(&update).await?;
                    }
                }
                RequestName::Availability => self.answer_availability().await?,
                RequestName::PmsResources => self.publish_resources().await?,
                RequestName::PmsAppointmentTypes => self.publish_types().await?,
                // Features that this one does not have.
                _ => {}
            }
        }
        Ok(())
    }

    /// Enters a booking, or rejects it: for nobody, outside the hours, or for a time that has been
    /// given away.
    async fn insert(&self, booking: &Booking) -> Result<(), Error> {
        let (id, time) = (booking.booking_id, booking.pms_appointment_time);
        let Some(resource) = booking.pms_resource_id.value() else {
            return self.reject(id, time, "the doctor has left").await;
        };
        let seconds = booking.pms_appointment_length;
        let entered = self
            .book()
            .enter(Appointment::at(resource, time, seconds, Some(id)));
        match entered {
            Ok(appointment) => {
                let inserted = ConfirmBookingInsert {
                    pms_appointment_ids: vec![appointment.clone()],
                    pms_patient_id: format!("P-{appointment}"),
                    ..self.samples.confirm.clone()
                };
                match self.client.confirm_booking_insert(id, &inserted).await {
                    // The hub no longer wants it.
                    Err(Error::Invalid { .. } | Error::NotFound { .. }) => {
                        self.book().strike(&appointment);
                        return Ok(());
                    }
                    answer => answer?,
                }
                (self.tell)(format!(
                    "entered booking {id}, {}, as appointment {appointment}",
                    shown(time)
                ));
                self.send_day(resource, time.date()).await
            }
            Err(Clash::Taken) => {
                self.reject(id, time, "the time was given to somebody else")
                    .await
            }
            Err(Clash::Closed) => self.reject(id, time, "the practice is closed then").await,
        }
    }

    async fn reject(&self, id: i64, time: DateTime, why: &str) -> Result<(), Error> {
        (self.tell)(format!("rejected booking {id}, {}: {why}", shown(time)));
        self.client.reject_booking_insert(id, Some(why)).await
    }

    /// Takes note of a cancellation; one of an appointment that is not in the book is rejected.
    async fn update(&self, update: &BookingUpdate) -> Result<(), Error> {
        let (booking, request) = (update.booking_id, update.request_id);
        let known: Vec<String> = {
            let book = self.book();
            let named = update
                .pms_appointment_ids
                .iter()
                .filter(|id| book.has(id))
                .cloned();
            let mut ids: Vec<String> = named.chain(book.of_booking(booking)).collect();
            ids.dedup();
            ids
        };
        if known.is_empty() && !update.pms_appointment_ids.is_empty() {
            let why = Some("there is no such appointment in the book");
            return self
                .client
                .reject_booking_update(booking, request, why)
                .await;
        }
        self.client.confirm_booking_update(booking, request).await?;
        (self.tell)(format!("struck booking {booking} out of the book"));
        for id in known {
            let struck = self.book().strike(&id);
            if let Some(old) = struck {
                self.send_day(&old.resource, old.day).await?;
            }
        }
        Ok(())
    }

    async fn answer_availability(&self) -> Result<(), Error> {
        for request in self.client.all_availability_snapshot_requests().await? {
            let day = request.day;
            let doctors = self
                .samples
                .resources
                .iter()
                .map(|doctor| &doctor.pms_resource_id);
            for doctor in doctors {
                if request
                    .pms_resource_id
                    .as_ref()
                    .is_none_or(|wanted| wanted == doctor)
                {
                    self.send_day(doctor, day).await?;
                    (self.tell)(format!("sent {day} of {doctor} again"));
                }
            }
        }
        Ok(())
    }
}
