//! A practice's agent: it polls, answers what is outstanding, and sends its days.

use super::World;
use crate::book::{Day, Time};
use crate::calls::Call;
use crate::chance::mixed;
use crate::fleet::{Practice, batch};
use crate::http::Request;
use crate::kind::Kind;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::time::Instant;

/// How bookings are rejected: the PMS had given the time away.
const REASON: &str = "The time was taken at the desk.";

fn get(practice: &Practice, path: &str) -> Request {
    let path = format!("/pms-api/v1{path}");
    Request::new("GET", &path, &practice.headers, &[])
}

fn post(practice: &Practice, path: &str, body: &str) -> Request {
    let path = format!("/pms-api/v1{path}");
    Request::new("POST", &path, &practice.headers, body.as_bytes())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

impl World {
    pub(super) async fn poll(&self, n: usize, intended: Instant) {
        let Some(practice) = self.practice(n) else {
            return;
        };
        let call = Call::at(intended, Kind::Poll, get(practice, "/requests"));
        let outstanding = |body: &[u8]| match body {
            b"[]" => Vec::new(),
            body => serde_json::from_slice::<Vec<String>>(body).unwrap_or_default(),
        };
        let Some(names) = self.calls.make(call, outstanding).await else {
            return;
        };
        self.answer(n, names).await;
    }

    /// Answers what is outstanding. An agent does one thing after the other: what it hears of while
    /// it is at work it does afterwards.
    pub(super) async fn answer(&self, n: usize, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        match self.busy.borrow_mut().entry(n) {
            Entry::Occupied(mut heard) => return heard.get_mut().extend(names),
            Entry::Vacant(place) => place.insert(BTreeSet::new()),
        };
        let mut names = names;
        while !names.is_empty() {
            for name in &names {
                self.answer_list(n, name).await;
            }
            let mut busy = self.busy.borrow_mut();
            names = busy
                .get_mut(&n)
                .map(std::mem::take)
                .unwrap_or_default()
                .into_iter()
                .collect();
            if names.is_empty() {
                busy.remove(&n);
            }
        }
    }

    /// A page of a list: what does not fit is still there at the next poll.
    async fn answer_list(&self, n: usize, name: &str) {
        let known = [
            "bookings",
            "bookingUpdates",
            "availability",
            "pmsAppointmentChanges",
        ];
        let (Some(practice), true) = (self.practice(n), known.contains(&name)) else {
            return;
        };
        let call = Call::following(Kind::List, get(practice, &format!("/requests/{name}")));
        let Some(mut list) = self.calls.make(call, json).await else {
            return;
        };
        let entries = list["data"].as_array_mut().map(std::mem::take);
        for entry in entries.unwrap_or_default() {
            match name {
                "bookings" => self.answer_booking(n, practice, &entry).await,
                "bookingUpdates" => self.answer_update(practice, &entry).await,
                "availability" => self.answer_availability(n, &entry).await,
                _ => {
                    let id = &entry["bookingId"];
                    self.say(
                        practice,
                        &format!("/bookings/{id}/noPmsAppointmentChange"),
                        "",
                    )
                    .await;
                }
            }
        }
    }

    async fn say(&self, practice: &Practice, path: &str, body: &str) -> Option<()> {
        let call = Call::following(Kind::Answer, post(practice, path, body));
        self.calls.make(call, |_| ()).await
    }

    /// Inserts it and sends the day without it, or rejects it.
    async fn answer_booking(&self, n: usize, practice: &Practice, booking: &Value) {
        let Some(id) = booking["bookingId"].as_i64() else {
            return;
        };
        let chance = mixed(id.unsigned_abs()) % 1_000;
        #[expect(clippy::cast_precision_loss, reason = "less than a thousand")]
        if (chance as f64) < self.habits.rejected * 10.0 {
            let body = json!({"reason": REASON}).to_string();
            // That the day must be sent again, the hub says by a request.
            self.say(practice, &format!("/bookings/{id}/rejectInsert"), &body)
                .await;
            return;
        }
        let body =
            json!({"pmsAppointmentIds": [format!("A{id}")], "pmsPatientId": format!("P{id}")});
        let path = format!("/bookings/{id}/confirmInsert");
        self.say(practice, &path, &body.to_string()).await;
        if let Some(time) = self.time(n, booking) {
            self.inserted.borrow_mut().insert(id, time);
            self.books.borrow_mut().insert(time);
            self.send_day(Kind::Changed, time.day, crate::clock::now())
                .await;
        }
    }

    fn time(&self, n: usize, booking: &Value) -> Option<Time> {
        let start = booking["pmsAppointmentTime"].as_str()?;
        let start: DateTime = start.parse().ok()?;
        let resource = booking["pmsResourceId"].as_str()?;
        self.books.borrow().time(n, resource, start)
    }

    /// Takes a cancelled booking out and sends the day with its time.
    async fn answer_update(&self, practice: &Practice, update: &Value) {
        let (id, request) = (&update["bookingId"], &update["requestId"]);
        self.say(
            practice,
            &format!("/bookings/{id}/confirmUpdate/{request}"),
            "",
        )
        .await;
        let time = id
            .as_i64()
            .and_then(|id| self.inserted.borrow_mut().remove(&id));
        if let Some(time) = time {
            self.books.borrow_mut().remove(time);
            self.send_day(Kind::Changed, time.day, crate::clock::now())
                .await;
        }
    }

    async fn answer_availability(&self, n: usize, asked: &Value) {
        let date: Option<Date> = asked["day"].as_str().and_then(|day| day.parse().ok());
        let resource = asked["pmsResourceId"].as_str();
        let day = date.zip(resource);
        let day = day.and_then(|(date, resource)| self.books.borrow().day(n, resource, date));
        if let Some(day) = day {
            self.send_day(Kind::Unchanged, day, crate::clock::now())
                .await;
        }
    }

    pub(super) async fn send_day(&self, kind: Kind, day: Day, intended: Instant) {
        let Some(practice) = self.practice(day.practice) else {
            return;
        };
        let body = self.books.borrow().snapshot(day);
        let request = post(practice, "/availability/snapshot", &body);
        self.calls
            .make(Call::at(intended, kind, request), |_| ())
            .await;
    }

    pub(super) async fn send_batch(&self, n: usize, part: usize, intended: Instant) {
        let Some(practice) = self.practice(n) else {
            return;
        };
        let body = self.books.borrow().batch(n, part).unwrap_or_default();
        let call = Call::at(intended, Kind::Daily, batch(practice, &body));
        self.calls.make(call, |_| ()).await;
    }
}
