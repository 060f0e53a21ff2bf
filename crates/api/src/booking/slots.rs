//! `GET /practices/{practiceId}/slots`: the bookable times of up to 31 days.

use crate::booking::Slot;
use crate::booking::instants::Instants;
use crate::booking::practices::PracticePath;
use crate::openapi::values::ScopedNumber;
use crate::params::Params;
use crate::problem::Result;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_hub::Hub;
use slotbridge_hub::booking::slots::{BookableSlot, SlotSearch};
use slotbridge_wire::schema::Day;
use utoipa::{IntoParams, ToSchema};

/// Bookable times.
#[derive(ToSchema)]
#[cfg_attr(test, derive(serde::Serialize))]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "it describes what `written` writes")
)]
pub(super) struct Slots {
    /// In order of their start.
    slots: Vec<Slot>,
}

/// What `handler` reads of the query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `handler` reads")]
struct SlotParams {
    /// The first day.
    #[param(value_type = Day, inline)]
    from: String,
    /// The last day, at most 30 days later.
    #[param(value_type = Day, inline)]
    to: String,
    /// With this practitioner only.
    #[param(value_type = Option<ScopedNumber>)]
    practitioner_id: Option<i64>,
    /// For this appointment type only.
    #[param(value_type = Option<ScopedNumber>)]
    appointment_type_id: Option<i64>,
}

/// The bookable times of some days
///
/// Days are the practice's, both included, at most 31. A time is listed when it lies in the latest free
/// times of the PMS, begins after the practice's minimum notice, and overlaps nothing live (AVAIL-2,
/// AVAIL-3, AVAIL-5).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/slots",
    operation_id = "searchSlots",
    tag = "practices",
    params(SlotParams),
    responses(
        (status = 200, description = "The times, in order.", body = Slots),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    PracticePath(practice): PracticePath,
    params: Params,
) -> Result<Response> {
    let search = params.read(|query| {
        let (from, to) = (query.required("from"), query.required("to"));
        let practitioner_id = query.id("practitionerId", PractitionerId::new);
        let appointment_type_id = query.id("appointmentTypeId", AppointmentTypeId::new);
        Some(SlotSearch {
            from: from?,
            to: to?,
            practitioner_id,
            appointment_type_id,
        })
    })?;
    let (found, zone) = hub.slots(practice, search).await?;
    let json = (header::CONTENT_TYPE, "application/json");
    Ok(([json], written(&found, &zone)).into_response())
}

/// What [`Slots`] describes, as one text: a week of a practice is thousands of times, and a
/// serializer with a text for each instant took a third of the search.
fn written(found: &[BookableSlot], zone: &TimeZone) -> String {
    /// A little more than a slot is long.
    const EACH: usize = 160;
    let mut instants = Instants::new(zone);
    let mut number = itoa::Buffer::new();
    let mut text = String::with_capacity(EACH * (found.len() + 1));
    text.push_str(r#"{"slots":["#);
    for (at, slot) in found.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { "," });
        text.push_str(r#"{"practitionerId":"#);
        text.push_str(number.format(slot.practitioner_id.get()));
        text.push_str(r#","appointmentTypeId":"#);
        text.push_str(number.format(slot.appointment_type_id.get()));
        text.push_str(r#","start":""#);
        instants.write(slot.start, &mut text);
        text.push_str(r#"","end":""#);
        instants.write(slot.end, &mut text);
        text.push_str(r#""}"#);
    }
    text.push_str("]}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn the_times_are_written_as_they_are_described() {
        let zone = TimeZone::get("Australia/Lord_Howe").unwrap();
        let begin: Timestamp = "2027-04-03T10:00:00Z".parse().unwrap();
        for times in [0, 1, 500] {
            let slot = |n: i64| {
                let start = begin + SignedDuration::from_mins(10 * n);
                BookableSlot {
                    practitioner_id: PractitionerId::new(10_000_000_000 + n % 3).unwrap(),
                    appointment_type_id: AppointmentTypeId::new(999_999_900_000_001).unwrap(),
                    start,
                    end: start + SignedDuration::from_mins(15),
                }
            };
            let found: Vec<BookableSlot> = (0..times).map(slot).collect();
            let slots = Slot::all(&found, &zone);
            let described = serde_json::to_string(&Slots { slots }).unwrap();
            assert_eq!(written(&found, &zone), described);
        }
    }
}
