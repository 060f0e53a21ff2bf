//! Practices that the hub calls back.

use super::World;
use crate::clock::now;
use crate::fleet::Fleet;
use crate::http::Connection;
use crate::kind::Kind;
use crate::record::Outcome;
use crate::setup::Api;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::hash_map::Entry;
use std::io;
use std::rc::Rc;
use std::time::Instant;

/// Subscribes the first practices, each to a path of its own below a URL, until a time: when the run
/// is over nobody listens there any more.
pub(crate) async fn subscribe(
    fleet: &Fleet,
    practices: usize,
    url: &str,
    until: Timestamp,
) -> io::Result<()> {
    let mut connection = Connection::to(&fleet.address).await?;
    for (n, practice) in fleet.practices.iter().take(practices).enumerate() {
        let body = json!({
            "topic": "requests.*", "callbackUrl": format!("{url}{n}"),
            "clientId": "load", "expireAt": until.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        });
        let path = "/pms-api/v1/subscription";
        connection
            .call("POST", path, &practice.headers, &body)
            .await?;
    }
    Ok(())
}

impl World {
    /// A booking was acknowledged: its callback is to come, if it has not.
    pub(super) fn await_callback(&self, booking: i64, acknowledged: Instant) {
        let mut record = self.calls.record.borrow_mut();
        record.intend(Kind::Callback, acknowledged);
        record.send(Kind::Callback, acknowledged, acknowledged);
        match self.awaited.borrow_mut().entry(booking) {
            Entry::Vacant(place) => {
                place.insert(Some(acknowledged));
            }
            Entry::Occupied(place) => {
                place.remove();
                record.end(Kind::Callback, acknowledged, acknowledged, &Outcome::Good);
            }
        }
    }

    /// A callback came: the agent fetches what it tells of.
    pub(crate) fn called(self: &Rc<Self>, path: &str, body: &[u8]) {
        let practice = path.rsplit('/').next().and_then(|n| n.parse().ok());
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let data = &body["data"];
        let (Some(n), Some(name)) = (practice, data["requestType"].as_str()) else {
            return;
        };
        if let (Some(id), "bookings") = (data["bookingId"].as_i64(), name) {
            self.note_callback(id);
        }
        let (world, names) = (Rc::clone(self), vec![name.to_owned()]);
        tokio::task::spawn_local(async move { world.answer(n, names).await });
    }

    fn note_callback(&self, booking: i64) {
        match self.awaited.borrow_mut().entry(booking) {
            Entry::Vacant(place) => {
                place.insert(None);
            }
            Entry::Occupied(place) => {
                if let Some(acknowledged) = place.remove() {
                    let mut record = self.calls.record.borrow_mut();
                    record.end(Kind::Callback, acknowledged, now(), &Outcome::Good);
                }
            }
        }
    }
}
