//! The practices of a benchmark: set up through the APIs, alike on a server and in the process.

use crate::server::operator_token;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use std::io;

/// The day that is booked: far enough ahead of any run, in a zone without clock changes.
pub(crate) const DAY: &str = "2031-03-03";
/// How far apart the times of a practice's day are.
const STEP_SECONDS: usize = 300;
/// How many times a practice's day has.
pub(crate) const TIMES: usize = 288;

/// Whoever answers calls: a server, or the router in this process.
pub(crate) trait Api {
    /// A call that must succeed.
    async fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Value>;
}

/// A practice with what is needed to book at it.
#[derive(Clone, Debug)]
pub(crate) struct Clinic {
    pub(crate) practice_id: i64,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) practitioners: Vec<i64>,
    pub(crate) appointment_type: i64,
}

fn number(value: &Value) -> io::Result<i64> {
    value
        .as_i64()
        .ok_or_else(|| io::Error::other(format!("no number: {value}")))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
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
    let body = json!({"name": "Bench", "contactEmail": "bench@example.com"});
    let path = "/admin-api/v1/consumers";
    let consumer = first.call("POST", path, &operator(), &body).await?;
    let shares = callers.iter_mut().enumerate().map(|(n, api)| {
        let share = practices / count + usize::from(n < practices % count);
        practices_of(api, &consumer, share, resources)
    });
    let mut clinics = try_join_all(shares).await?.concat();
    clinics.sort_unstable_by_key(|clinic| clinic.practice_id);
    Ok(clinics)
}

fn operator() -> [(String, String); 1] {
    let bearer = format!("Bearer {}", operator_token());
    [("authorization".to_owned(), bearer)]
}

async fn practices_of(
    api: &mut impl Api,
    consumer: &Value,
    practices: usize,
    resources: usize,
) -> io::Result<Vec<Clinic>> {
    let admin = operator();
    let mut clinics = Vec::new();
    for _ in 0..practices {
        let body = json!({
            "name": "Practice", "timezone": "Australia/Brisbane", "state": "QLD",
            "autoPublish": true,
        });
        let practice = api
            .call("POST", "/admin-api/v1/practices", &admin, &body)
            .await?;
        let practice_id = number(&practice["practiceId"])?;
        let path = format!("/admin-api/v1/practices/{practice_id}/consents");
        let body = json!({"consumerId": consumer["consumerId"]});
        let consent = api.call("POST", &path, &admin, &body).await?;
        let headers = vec![
            ("api-key".to_owned(), text(&consumer["apiKey"])),
            ("practice-id".to_owned(), practice_id.to_string()),
            ("practice-key".to_owned(), text(&consent["practiceKey"])),
        ];
        clinics.push(publish(api, practice_id, headers, resources).await?);
    }
    Ok(clinics)
}

/// What the practice's integration sends.
async fn publish(
    api: &mut impl Api,
    practice_id: i64,
    headers: Vec<(String, String)>,
    resources: usize,
) -> io::Result<Clinic> {
    let list: Vec<Value> = (0..resources)
        .map(
            |n| json!({"pmsResourceId": format!("R{n}"), "pmsResourceName": format!("Doctor {n}")}),
        )
        .collect();
    let path = "/pms-api/v1/config/pmsResources/snapshot";
    api.call("POST", path, &headers, &json!(list)).await?;
    let types = json!([{
        "pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Consultation",
        "pmsAppointmentLength": 5,
    }]);
    let path = "/pms-api/v1/config/pmsAppointmentTypes/snapshot";
    api.call("POST", path, &headers, &types).await?;
    let day = json!({
        "date": DAY, "pmsResourceId": "R0",
        "availability": [{"start": "00:00", "end": "24:00", "slotLength": STEP_SECONDS}],
    });
    let path = "/pms-api/v1/availability/snapshot";
    api.call("POST", path, &headers, &day).await?;
    let path = format!("/booking-api/v1/practices/{practice_id}");
    let page = api.call("GET", &path, &[], &Value::Null).await?;
    let practitioners = page["practitioners"].as_array().map_or(&[][..], |all| all);
    let first = practitioners.first().unwrap_or(&Value::Null);
    let types = first["appointmentTypes"]
        .as_array()
        .map_or(&[][..], |all| all);
    let first_type = types.first().unwrap_or(&Value::Null);
    Ok(Clinic {
        practice_id,
        headers,
        practitioners: practitioners
            .iter()
            .map(|who| number(&who["practitionerId"]))
            .collect::<io::Result<_>>()?,
        appointment_type: number(&first_type["appointmentTypeId"])?,
    })
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
