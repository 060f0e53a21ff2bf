//! The practices of a benchmark: set up through the APIs, alike on a server and in the process.

use crate::server::operator_token;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use slotbridge_load::setup::{self, Api, Consumer, Headers};
use std::io;

/// The day that is booked: far enough ahead of any run, in a zone without clock changes.
pub(crate) const DAY: &str = "2031-03-03";
/// How far apart the times of a practice's day are.
const STEP_SECONDS: usize = 300;
/// How many times a practice's day has.
pub(crate) const TIMES: usize = 288;

/// A practice with what is needed to book at it.
#[derive(Clone, Debug)]
pub(crate) struct Clinic {
    pub(crate) practice_id: i64,
    pub(crate) headers: Headers,
    pub(crate) practitioners: Vec<i64>,
    pub(crate) appointment_type: i64,
}

/// Makes practices with so many resources each, shared out among callers: one after the other they
/// would take longer than what is measured.
pub(crate) async fn set_up<A: Api>(
    callers: &mut [A],
    practices: usize,
    resources: usize,
) -> io::Result<Vec<Clinic>> {
    let count = callers.len();
    let Some(first) = callers.first_mut() else {
        return Ok(Vec::new());
    };
    let admin = setup::operator(&operator_token());
    let consumer = setup::consumer(first, &admin, "Bench").await?;
    let shares = callers.iter_mut().enumerate().map(|(n, api)| {
        let share = practices / count + usize::from(n < practices % count);
        practices_of(api, &admin, &consumer, share, resources)
    });
    let mut clinics = try_join_all(shares).await?.concat();
    clinics.sort_unstable_by_key(|clinic| clinic.practice_id);
    Ok(clinics)
}

async fn practices_of(
    api: &mut impl Api,
    admin: &Headers,
    consumer: &Consumer,
    practices: usize,
    resources: usize,
) -> io::Result<Vec<Clinic>> {
    let mut clinics = Vec::new();
    for _ in 0..practices {
        let details = json!({
            "name": "Practice", "timezone": "Australia/Brisbane", "state": "QLD",
            "autoPublish": true,
        });
        let (practice_id, key) = setup::practice(api, admin, consumer, &details).await?;
        let headers = setup::integration(&consumer.api_key, practice_id, &key);
        setup::resources(api, &headers, resources).await?;
        setup::appointment_type(api, &headers, 5).await?;
        let day = json!({
            "date": DAY, "pmsResourceId": setup::resource_id(0),
            "availability": [{"start": "00:00", "end": "24:00", "slotLength": STEP_SECONDS}],
        });
        let path = "/pms-api/v1/availability/snapshot";
        api.call("POST", path, &headers, &day).await?;
        let bookable = setup::bookable(api, practice_id).await?;
        clinics.push(Clinic {
            practice_id,
            headers,
            practitioners: bookable.practitioners,
            appointment_type: bookable.appointment_type,
        });
    }
    Ok(clinics)
}

/// The body of a booking of a clinic's `time`-th time.
pub(crate) fn booking(clinic: &Clinic, time: usize) -> Value {
    let seconds = time * STEP_SECONDS;
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    json!({
        "practiceId": clinic.practice_id,
        "practitionerId": clinic.practitioners.first(),
        "appointmentTypeId": clinic.appointment_type,
        "start": format!("{DAY}T{hours:02}:{minutes:02}:00+10:00"),
        "patient": {
            "firstname": "Anna", "lastname": "Nguyen", "dob": "1984-02-29",
            "phone": "0412 345 678", "email": "anna@example.com",
            "address": "1 High Street", "suburb": "Newtown", "state": "NSW", "postcode": "2042",
        },
        "reason": "Check-up", "isNewPatient": false,
    })
}
