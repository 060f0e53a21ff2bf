//! An integration in one file: asks the hub every 5 seconds what there is to do, and does it.
//!
//! The PMS here is a diary in memory. Try it against `slotbridge serve --sandbox`:
//!
//! ```text
//! SLOTBRIDGE_URL=http://127.0.0.1:8080/pms-api/v1 SLOTBRIDGE_API_KEY=sbc_... \
//!   SLOTBRIDGE_PRACTICE_ID=1 SLOTBRIDGE_PRACTICE_KEY=sbp_... \
//!   cargo run -p slotbridge-client --example poll_and_confirm
//! ```

use slotbridge_client::wire::{
    availability::{AvailabilityRange, AvailabilitySnapshot},
    bookings::{Booking, BookingUpdate, ConfirmBookingInsert},
    config::{PmsAppointmentType, PmsResource},
    requests::{AvailabilityRequest, RequestName},
};
use slotbridge_client::{Client, ClientConfig, Error, user_agent};
use std::{collections::HashMap, env, time::Duration};

const ROOM: &str = "room-1";

/// The PMS: which appointment belongs to which booking.
#[derive(Default)]
struct Diary {
    appointments: HashMap<i64, String>,
}

impl Diary {
    /// Inserts a booking; the same one again is the same appointment. `None`: it does not fit.
    fn insert(&mut self, booking: &Booking) -> Option<String> {
        // A booking whose resource is gone cannot be inserted (BOOK-6).
        booking.pms_resource_id.value()?;
        let number = self.appointments.len() + 1;
        let appointment = self.appointments.entry(booking.booking_id);
        Some(appointment.or_insert_with(|| format!("A-{number}")).clone())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(ClientConfig {
        base_url: env::var("SLOTBRIDGE_URL")?,
        api_key: env::var("SLOTBRIDGE_API_KEY")?,
        practice_id: env::var("SLOTBRIDGE_PRACTICE_ID")?.parse()?,
        practice_key: env::var("SLOTBRIDGE_PRACTICE_KEY")?,
        user_agent: user_agent("Example PMS", "dev@pms.example", "test"),
    })?;
    let mut diary = Diary::default();
    send_resources(&client).await?;
    send_types(&client).await?;

    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        match work_off(&client, &mut diary).await {
            Ok(()) => {}
            // A user has to act; asking on does not help.
            Err(error @ (Error::Unauthorized { .. } | Error::Forbidden { .. })) => {
                eprintln!("{}", error.advice().unwrap_or_default());
                return Err(error.into());
            }
            // What was not done is still there the next time.
            Err(error) => eprintln!("{error}"),
        }
    }
}

/// Does what there is to do, in the order in which the hub names it: bookings first.
async fn work_off(client: &Client, diary: &mut Diary) -> Result<(), Error> {
    for request in client.poll_requests().await? {
        match request {
            RequestName::Bookings => {
                let mut bookings = client.all_booking_requests();
                while let Some(booking) = bookings.next().await {
                    insert(client, diary, &booking?).await?;
                }
            }
            RequestName::BookingUpdates => {
                let mut updates = client.all_booking_update_requests();
                while let Some(update) = updates.next().await {
                    take_note(client, diary, &update?).await?;
                }
            }
            RequestName::Availability => {
                let mut days = client.all_availability_snapshot_requests();
                while let Some(day) = days.next().await {
                    send_day(client, &day?).await?;
                }
            }
            RequestName::PmsAppointmentChanges => {
                let mut changes = client.all_pms_appointment_change_requests();
                while let Some(change) = changes.next().await {
                    // Nothing ever changes in this diary.
                    client.no_pms_appointment_change(change?.booking_id).await?;
                }
            }
            RequestName::PmsResources => send_resources(client).await?,
            RequestName::PmsAppointmentTypes => send_types(client).await?,
            // Features that this integration has not enabled.
            RequestName::AvailableDocuments
            | RequestName::UploadDocuments
            | RequestName::ClientSnapshots
            | RequestName::AttachDocuments => {}
        }
    }
    Ok(())
}

async fn insert(client: &Client, diary: &mut Diary, booking: &Booking) -> Result<(), Error> {
    let id = booking.booking_id;
    let answer = match diary.insert(booking) {
        Some(appointment) => {
            let inserted = ConfirmBookingInsert {
                pms_appointment_ids: vec![appointment],
                pms_patient_id: format!("P-{id}"),
                ..ConfirmBookingInsert::default()
            };
            client.confirm_booking_insert(id, &inserted).await
        }
        None => {
            let why = Some("the time is not free");
            client.reject_booking_insert(id, why).await
        }
    };
    skip_invalid(answer)
}

async fn take_note(
    client: &Client,
    diary: &mut Diary,
    update: &BookingUpdate,
) -> Result<(), Error> {
    let (booking, request) = (update.booking_id, update.request_id);
    skip_invalid(match diary.appointments.remove(&booking) {
        Some(_) => client.confirm_booking_update(booking, request).await,
        None => {
            let why = Some("the booking is not known here");
            client.reject_booking_update(booking, request, why).await
        }
    })
}

/// What the hub does not take must not keep the rest from being done.
fn skip_invalid(answer: Result<(), Error>) -> Result<(), Error> {
    match answer {
        Err(error @ (Error::Invalid { .. } | Error::NotFound { .. })) => {
            eprintln!("left: {error}");
            Ok(())
        }
        answer => answer,
    }
}

async fn send_day(client: &Client, request: &AvailabilityRequest) -> Result<(), Error> {
    let from_nine_to_five = AvailabilityRange {
        start: 9 * 3600,
        end: 17 * 3600,
        slot_length: 15 * 60,
        pms_appointment_type_ids: vec![],
    };
    let snapshot = AvailabilitySnapshot {
        id: None,
        date: request.day,
        pms_resource_id: request
            .pms_resource_id
            .clone()
            .unwrap_or_else(|| ROOM.into()),
        availability: vec![from_nine_to_five],
    };
    skip_invalid(client.send_availability_snapshot(&snapshot).await)
}

async fn send_resources(client: &Client) -> Result<(), Error> {
    let room = PmsResource {
        pms_resource_id: ROOM.to_owned(),
        pms_resource_name: "Room 1".to_owned(),
        pms_practitioner_title: None,
        pms_practitioner_firstname: None,
        pms_practitioner_lastname: None,
    };
    client.upload_pms_resources(&[room]).await
}

async fn send_types(client: &Client) -> Result<(), Error> {
    let standard = PmsAppointmentType {
        pms_appointment_type_id: "standard".to_owned(),
        pms_appointment_type_name: "Standard consultation".to_owned(),
        pms_appointment_length: Some(15),
        pms_resource_id: None,
    };
    client.upload_pms_appointment_types(&[standard]).await
}
