//! `/practices/{practiceId}/requests`: what the PMS is asked to do, and asking by hand.

use crate::admin::client_snapshots::DateTypeName;
use crate::admin::{Admin, Ids, page_of, practice_id};
use crate::openapi::values::{RequestTypeName, ScopedNumber};
use crate::params::{PageParams, Params};
use crate::problem::{Creating, PROBLEM, ProblemDetails, Result, created, kept};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::requests::{self, ByHand};
use slotbridge_hub::rows::{Request, Target};
use slotbridge_wire::page::Page;
use slotbridge_wire::read::{Faults, FromJson, Node, one_of};
use slotbridge_wire::schema::{Day, Id, Instant};
use utoipa::ToSchema;

pub(super) struct Raise(ByHand);

/// A request to be raised by hand.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `Raise` reads")]
struct NewRequest {
    /// Its type.
    #[serde(rename = "type")]
    #[schema(value_type = RequestTypeName)]
    kind: String,
    /// The booking, for types about one or about its documents.
    #[schema(value_type = Option<ScopedNumber>)]
    booking_id: Option<i64>,
    /// The day, for `availability` and `clientSnapshots`.
    #[schema(value_type = Option<Day>)]
    date: Option<String>,
    /// What the day is of, for `clientSnapshots`.
    #[schema(value_type = Option<DateTypeName>)]
    date_type: Option<String>,
    /// The resource, for `availability`; left out: every live one.
    #[schema(value_type = Option<Id>)]
    pms_resource_id: Option<String>,
}

impl FromJson for Raise {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let name: Option<String> = object.required("type");
        let number: Option<i64> = object.optional("bookingId");
        let date = object.optional("date");
        let date_types = DateType::ALL.map(|date_type| (date_type.as_str(), date_type));
        let date_type = object.optional_with("dateType", one_of(&date_types));
        let pms_resource_id = object.optional_id("pmsResourceId");
        let kind: Option<RequestType> = name.and_then(|name| {
            name.parse()
                .ok()
                .or_else(|| object.fault("type", "is no type of request"))
        });
        let booking_id = number.and_then(|number| {
            BookingId::new(number).or_else(|| object.fault("bookingId", "is no such id"))
        });
        Some(Self(ByHand {
            kind: kind?,
            booking_id,
            date,
            date_type,
            pms_resource_id,
        }))
    }
}

/// Something that the PMS is asked to do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RequestView {
    /// Its id.
    request_id: i64,
    /// Its type.
    #[serde(rename = "type")]
    #[schema(value_type = RequestTypeName)]
    kind: &'static str,
    /// The booking, if it is about one.
    #[schema(required)]
    booking_id: Option<i64>,
    /// The day, if it is about one.
    #[schema(value_type = Option<Day>, required)]
    date: Option<String>,
    /// What the date is of, for a client snapshot.
    #[schema(value_type = Option<DateTypeName>, required)]
    date_type: Option<String>,
    /// The resource, if it is about one.
    #[schema(required)]
    pms_resource_id: Option<String>,
    /// Since when it is outstanding.
    #[schema(value_type = Instant)]
    created_at: String,
}

fn shown(request: &Request) -> RequestView {
    let (booking, day, date_type, resource) = match &request.target {
        Target::Practice => (None, None, None, None),
        Target::Booking(booking)
        | Target::Document {
            booking_id: booking,
            ..
        } => (Some(booking.get()), None, None, None),
        Target::ClientSnapshot { date, date_type } => {
            (None, Some(date.clone()), Some(date_type.clone()), None)
        }
        Target::Day {
            day,
            pms_resource_id,
        } => (None, Some(day.clone()), None, pms_resource_id.clone()),
    };
    RequestView {
        request_id: request.request_id.get(),
        kind: request.kind.as_str(),
        booking_id: booking,
        date: day,
        date_type,
        pms_resource_id: resource,
        created_at: request.created_at.to_string(),
    }
}

/// Asks the PMS for something by hand
///
/// `availability` and `clientSnapshots` need a day, `pmsAppointmentChanges` and `availableDocuments` a
/// booking; what belongs to a feature is asked only of an integration that has enabled it. `bookings`,
/// `bookingUpdates`, `uploadDocuments` and `attachDocuments` follow from what happens: one that is
/// outstanding for the booking is answered as it is. Raising one that is outstanding answers it (REQ-2,
/// REQ-4, BOOK-12).
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/requests",
    operation_id = "raiseRequest",
    tag = "requests",
    request_body(content = NewRequest, example = json!({"type": "availability", "date": "2027-03-01"})),
    responses(
        (status = 201, description = "It is outstanding.", body = RequestView),
        (status = 409, description = "There is nothing of the kind to ask for.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn raise(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(Raise(by_hand), key): Creating<Raise>,
) -> Result<Response> {
    let (id, context, once) = (
        practice_id(id)?,
        admin.context(),
        hub.once(key, |request| kept(shown(request))),
    );
    let answer = hub
        .write(id, move |tx| {
            once.run(tx, |tx| {
                requests::raise(tx, &admin.operator, &context, id, &by_hand)
            })
        })
        .await?;
    Ok(created(answer))
}

/// What a PMS is asked to do
///
/// All that is outstanding, oldest first, 100 a page (REQ-2).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/requests",
    operation_id = "listRequests",
    tag = "requests",
    params(PageParams),
    responses(
        (status = 200, description = "A page of requests.", body = Page<RequestView>),
    ),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Response> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            requests::list(tx, &admin.operator, id, window)
        })
        .await?;
    let data = found.entries.iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}
