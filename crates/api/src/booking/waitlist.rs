//! `/bookings/{bookingId}/waitlist`: the patient is told if an earlier time comes free.

use crate::booking::{Manager, context, named, rfc3339};
use crate::call_id::CallId;
use crate::openapi::values::ScopedNumber;
use crate::problem::{Creating, PROBLEM, ProblemDetails, Result, created, kept, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::ids::PractitionerId;
use slotbridge_hub::Hub;
use slotbridge_hub::booking::waitlist::{self, Offer, Place, Whom, Wish};
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::Instant;
use utoipa::ToSchema;

/// The body of `POST /bookings/{bookingId}/waitlist`.
pub(super) struct WishInput(Wish);

/// What the patient waits for: a time before their booking, of the same appointment type.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `WishInput` reads")]
struct WishBody {
    /// From when on a time suits them; else from now on.
    #[schema(value_type = Option<Instant>)]
    earliest: Option<String>,
    /// Until when it may begin; else until their booking begins.
    #[schema(value_type = Option<Instant>)]
    latest: Option<String>,
    /// With whom; else with whom the booking is.
    #[schema(value_type = Option<ScopedNumber>)]
    practitioner_id: Option<i64>,
    /// With anybody; `practitionerId` says nothing then.
    #[schema(default = false)]
    any_practitioner: Option<bool>,
}

impl FromJson for WishInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let earliest = object.optional("earliest");
        let latest = object.optional("latest");
        let practitioner = object.optional("practitionerId");
        let practitioner = named(
            &mut object,
            "practitionerId",
            practitioner,
            PractitionerId::new,
        );
        let anybody = object.optional("anyPractitioner").unwrap_or(false);
        Some(Self(Wish {
            earliest,
            latest,
            whom: match practitioner {
                _ if anybody => Whom::Anybody,
                Some(id) => Whom::One(id),
                None => Whom::Same,
            },
        }))
    }
}

/// A patient's place on the waitlist.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WaitlistPlace {
    /// From when on a time suits them, with the practice's offset.
    #[schema(value_type = Instant)]
    earliest: String,
    /// Until when it may begin.
    #[schema(value_type = Instant)]
    latest: String,
    /// With whom; null: with anybody.
    #[schema(required)]
    practitioner_id: Option<i64>,
    /// Since when they wait.
    #[schema(value_type = Instant)]
    created_at: String,
    /// The time that is kept for them at the moment.
    #[schema(required)]
    offer: Option<OfferedTime>,
}

/// A time that is kept: rescheduling the booking with its `holdId` takes it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OfferedTime {
    /// With whom.
    practitioner_id: i64,
    /// For what.
    appointment_type_id: i64,
    /// When it begins, with the practice's offset.
    #[schema(value_type = Instant)]
    start: String,
    /// When it ends.
    #[schema(value_type = Instant)]
    end: String,
    /// Until when it is kept; then it is offered to the next in line.
    #[schema(value_type = Instant)]
    expires_at: String,
    /// The hold that keeps it: a secret.
    hold_id: String,
}

fn place(place: &Place) -> WaitlistPlace {
    let at = |at| rfc3339(at, &place.zone);
    let offer = |offer: &Offer| OfferedTime {
        practitioner_id: offer.practitioner_id.get(),
        appointment_type_id: offer.appointment_type_id.get(),
        start: at(offer.start),
        end: at(offer.end),
        expires_at: at(offer.expires_at),
        hold_id: offer.hold_id.clone(),
    };
    WaitlistPlace {
        earliest: at(place.earliest),
        latest: at(place.latest),
        practitioner_id: place.practitioner_id.map(PractitionerId::get),
        created_at: at(place.created_at),
        offer: place.offer.as_ref().map(offer),
    }
}

/// Waits for an earlier time
///
/// When a time that suits the patient comes free, the first in line gets a mail, and the time is kept for
/// them for 15 minutes unless the hub is set otherwise; then it goes to the next. Between 20:00 and 08:00
/// at the practice nobody is written to. Whoever waits already keeps their place, and waits for this now.
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/waitlist",
    operation_id = "joinWaitlist",
    tag = "bookings",
    security(("manageToken" = [])),
    request_body(content = WishBody, example = json!({"anyPractitioner": true})),
    responses(
        (status = 201, description = "They wait.", body = WaitlistPlace),
        (status = 409, description = "The booking does not stand any more, or has begun.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn join(
    State(hub): State<Hub>,
    call_id: CallId,
    Manager(patient): Manager,
    Creating(WishInput(wish), key): Creating<WishInput>,
) -> Result<Response> {
    let once = hub.once(key, |joined: &Place| kept(place(joined)));
    Ok(created(
        waitlist::join(&hub, context(&call_id), patient, wish, once).await?,
    ))
}

/// A place on the waitlist
///
/// With the time that is offered at the moment, if one is.
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/waitlist",
    operation_id = "getWaitlist",
    tag = "bookings",
    security(("manageToken" = [])),
    responses(
        (status = 200, description = "They wait.", body = WaitlistPlace),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    Manager(patient): Manager,
) -> Result<Json<WaitlistPlace>> {
    let found = hub
        .read(patient.booking_id().practice(), move |tx| {
            waitlist::get(tx, patient)
        })
        .await?;
    Ok(Json(place(&found)))
}

/// Waits no longer
///
/// What is offered goes to the next in line. Again: nothing changes.
#[utoipa::path(
    delete,
    path = "/bookings/{bookingId}/waitlist",
    operation_id = "leaveWaitlist",
    tag = "bookings",
    security(("manageToken" = [])),
    responses(
        (status = 204, description = "They do not wait (any more)."),
    ),
)]
pub(super) async fn leave(
    State(hub): State<Hub>,
    call_id: CallId,
    Manager(patient): Manager,
) -> Result<StatusCode> {
    let context = context(&call_id);
    hub.write(patient.booking_id().practice(), move |tx| {
        waitlist::leave(tx, &context, patient)
    })
    .await?;
    Ok(no_content())
}
