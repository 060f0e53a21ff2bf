//! `/bookings/{bookingId}`: what its patient sees and does. Whoever has the link of a mail, or has
//! just booked, holds the booking's token in a cookie that goes to this booking's pages alone.

mod calendar;
mod cancel;
pub(crate) mod documents;
mod events;
pub(crate) mod forms;
pub(crate) mod lost;
pub(crate) mod reschedule;
mod show;
pub(crate) mod upload;
pub(crate) mod waitlist;

pub(crate) use calendar::calendar;
pub(crate) use cancel::{ask as ask_to_cancel, cancel};
pub(crate) use events::events;
pub(crate) use show::show;

use crate::failure::Failure;
use crate::query::Query;
use crate::{Web, cookies, page};
use axum::extract::{FromRequestParts, Path, RawPathParams, State};
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::Value;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::auth::Patient;

/// The cookie with the token.
const COOKIE: &str = "manage";

/// The patient whose booking the path names. Everybody else is told that there is no such page.
pub(crate) struct Manager(pub(crate) Patient);

impl FromRequestParts<Web> for Manager {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, web).await;
        let params = params.map_err(|_| Failure::no_page())?;
        let id = params.iter().find(|(name, _)| *name == "bookingId");
        let id = id
            .and_then(|(_, text)| booking_id(text))
            .ok_or_else(Failure::no_page)?;
        let token = cookies::get(&parts.headers, COOKIE);
        Ok(Self(web.hub.authenticate_patient(id, token).await?))
    }
}

fn booking_id(text: &str) -> Option<BookingId> {
    text.parse().ok().and_then(BookingId::new)
}

/// To the page of a booking, with the cookie that opens it.
fn admit(web: &Web, id: BookingId, token: &str) -> Response {
    let path = format!("/bookings/{id}");
    let mut response = page::see_other(&path);
    cookies::set(web, &mut response, COOKIE, token, &path);
    response
}

/// A booking that was just made, as it was kept.
pub(crate) fn opened(web: &Web, made: &Value) -> Result<Response, Failure> {
    let id = made.get(0).and_then(Value::as_i64).and_then(BookingId::new);
    let token = made.get(1).and_then(Value::as_str);
    let (Some(id), Some(token)) = (id, token) else {
        return Err(Failure::no_page());
    };
    Ok(admit(web, id, token))
}

/// `/bookings/{bookingId}/open`: the link of a mail.
pub(crate) async fn open(
    State(web): State<Web>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Failure> {
    let id = booking_id(&id).ok_or_else(Failure::no_page)?;
    let token = query.text("token").unwrap_or_default();
    web.hub.authenticate_patient(id, Some(token)).await?;
    Ok(admit(&web, id, token))
}
