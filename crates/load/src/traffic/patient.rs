//! Patients: they look for times, book, and cancel.

use super::{CANCELLABLE, World};
use crate::calls::Call;
use crate::clock::now;
use crate::fleet::suburb;
use crate::http::Request;
use crate::kind::Kind;
use crate::patient::patient;
use crate::setup::Headers;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::time::Instant;

/// Each patient calls from an address of their own (of the range kept for such tests), which a hub
/// believes of a proxy that it trusts: so its limit for one address works as it does in life.
fn from_anywhere(chance: u64) -> (String, String) {
    let [a, b, ..] = chance.to_le_bytes();
    let odd = 18 + chance % 2;
    ("x-forwarded-for".to_owned(), format!("198.{odd}.{a}.{b}"))
}

fn post(path: &str, chance: u64, headers: &Headers, body: &Value) -> Request {
    let headers = [headers.as_slice(), &[from_anywhere(chance)]].concat();
    let path = format!("/booking-api/v1{path}");
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    Request::new("POST", &path, &headers, text.as_bytes())
}

impl World {
    /// One of the first days: most look for a time soon.
    fn some_day(&self, chance: u64) -> Date {
        let days = self.fleet.shape.days.saturating_sub(7).clamp(1, 14);
        let day = chance % u64::try_from(days).unwrap_or(1);
        let day = i64::try_from(day).unwrap_or_default();
        let today = self.fleet.today;
        today.checked_add(day.days()).unwrap_or(today)
    }

    pub(super) async fn find(&self, n: usize, intended: Instant) {
        let suburb = suburb(n).replace(' ', "%20");
        let path = format!("/booking-api/v1/practices?suburb={suburb}");
        let request = Request::new("GET", &path, &[from_anywhere(mixed_place(n))], &[]);
        self.calls
            .make(Call::at(intended, Kind::Find, request), |_| ())
            .await;
    }

    pub(super) async fn search(&self, n: usize, chance: u64, intended: Instant) {
        let Some(practice) = self.practice(n) else {
            return;
        };
        let from = self.some_day(chance);
        let to = from.checked_add(6.days()).unwrap_or(from);
        let id = practice.id;
        let path = format!("/booking-api/v1/practices/{id}/slots?from={from}&to={to}");
        let request = Request::new("GET", &path, &[from_anywhere(chance)], &[]);
        self.calls
            .make(Call::at(intended, Kind::Search, request), |_| ())
            .await;
    }

    /// As a browser asks for it.
    pub(super) async fn page(&self, n: usize, chance: u64, intended: Instant) {
        let Some(practice) = self.practice(n) else {
            return;
        };
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = [
            header("accept", "text/html"),
            header("accept-encoding", "gzip"),
            from_anywhere(chance),
        ];
        let path = format!("/practices/{}?from={}", practice.id, self.some_day(chance));
        let request = Request::new("GET", &path, &headers, &[]);
        self.calls
            .make(Call::at(intended, Kind::Page, request), |_| ())
            .await;
    }

    /// Has a time kept, and books it.
    pub(super) async fn book(&self, n: usize, chance: u64, intended: Instant) {
        let time = self.books.borrow_mut().next_time(n);
        let (Some(practice), Some(time)) = (self.practice(n), time) else {
            return;
        };
        let zone = TimeZone::get(practice.zone).unwrap_or(TimeZone::UTC);
        let start = self.books.borrow().start(time);
        let Ok(start) = start.to_zoned(zone) else {
            return;
        };
        let mut body = json!({
            "practiceId": practice.id,
            "practitionerId": practice.practitioners.get(time.day.resource),
            "appointmentTypeId": practice.appointment_type,
            "start": start.timestamp().to_string(),
        });
        let none = Headers::new();
        let request = post("/holds", chance, &none, &body);
        let call = Call::at(intended, Kind::Hold, request).making();
        let held = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
        let Some(held) = self.calls.make(call, held).await else {
            return;
        };
        body["holdId"] = held["holdId"].clone();
        body["patient"] = patient(chance);
        body["reason"] = json!("Check-up");
        body["isNewPatient"] = json!(false);
        let request = post("/bookings", chance, &none, &body);
        let call = Call::following(Kind::Booking, request).making();
        let made = |bytes: &[u8]| {
            let made: Value = serde_json::from_slice(bytes).unwrap_or_default();
            let token = made["manageToken"].as_str()?.to_owned();
            Some((made["bookingId"].as_i64()?, token))
        };
        if let Some(Some((id, token))) = self.calls.make(call, made).await {
            if n < self.called_back {
                self.await_callback(id, now());
            }
            let mut appointments = self.appointments.borrow_mut();
            if appointments.len() == CANCELLABLE {
                appointments.pop_front();
            }
            appointments.push_back((id, token));
        }
    }

    /// Cancels the oldest appointment that there is, if there is one.
    pub(super) async fn cancel(&self, intended: Instant) {
        let oldest = self.appointments.borrow_mut().pop_front();
        let Some((id, token)) = oldest else {
            return;
        };
        let headers = crate::setup::operator(&token);
        let path = format!("/bookings/{id}/cancel");
        let request = post(&path, id.unsigned_abs(), &headers, &Value::Null);
        let mut call = Call::at(intended, Kind::Cancel, request);
        // The PMS may have rejected it meanwhile.
        call.taken = Some(409);
        self.calls.make(call, |_| ()).await;
    }
}

fn mixed_place(n: usize) -> u64 {
    crate::chance::mixed(u64::try_from(n).unwrap_or_default())
}
