//! `/practices/{practiceId}/bookings`, `/attention` and `/bookability`.

use crate::admin::{Admin, Ids, List, list_of, page_of, practice_id};
use crate::booking::rfc3339;
use crate::failure::Failure;
use crate::openapi::values::{
    AttendanceName, AttentionKind, BookingState, Phone, PmsAnswerName, ScopedNumber,
};
use crate::params::{PageParams, Params};
use crate::problem::{Input, PROBLEM, ProblemDetails, Result};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Serialize;
use slotbridge_domain::booking::Attendance;
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PractitionerId};
use slotbridge_domain::patient;
use slotbridge_hub::admin::bookings::{self, BookingView, Deed, PersonSearch};
use slotbridge_hub::admin::{attention, bookability};
use slotbridge_hub::{Error, Hub};
use slotbridge_wire::bookings::Reason;
use slotbridge_wire::page::Page;
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::{Day, Instant, Name};
use slotbridge_wire::time::parse_date;
use utoipa::{IntoParams, ToSchema};

/// A booking as staff see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StaffBooking {
    /// Its id.
    booking_id: i64,
    /// Where it stands for the patient.
    #[schema(value_type = BookingState)]
    status: &'static str,
    /// What the PMS, or staff in its place, said to it.
    #[schema(value_type = PmsAnswerName)]
    pms_answer: &'static str,
    /// Whether the PMS has not answered yet.
    not_in_pms: bool,
    /// Whether the patient came, if that has been said.
    #[schema(value_type = Option<AttendanceName>, required)]
    attendance: Option<&'static str>,
    /// With whom.
    practitioner_id: i64,
    /// For what.
    appointment_type_id: i64,
    /// The name of the appointment type when it was booked.
    appointment_type: String,
    /// The PMS's resource.
    pms_resource_id: String,
    /// The PMS's appointment type.
    pms_appointment_type_id: String,
    /// The PMS's appointments of it.
    pms_appointment_ids: Vec<String>,
    /// The PMS's id of the patient.
    #[schema(required)]
    pms_patient_id: Option<String>,
    /// When it begins, with the practice's offset.
    #[schema(value_type = Instant)]
    start: String,
    /// When it ends, with the practice's offset.
    #[schema(value_type = Instant)]
    end: String,
    /// When it was made.
    #[schema(value_type = Instant)]
    created_at: String,
    /// Whether the patient said to be new to the practice.
    is_new_patient: bool,
    /// Why the patient comes.
    #[schema(required)]
    reason: Option<String>,
    /// Who comes.
    #[schema(required)]
    patient: Option<BookedPerson>,
}

/// Who comes.
#[derive(Serialize, ToSchema)]
struct BookedPerson {
    /// First name.
    firstname: String,
    /// Last name.
    lastname: String,
    /// Day of birth.
    #[schema(value_type = Day)]
    dob: String,
    /// Phone.
    phone: String,
    /// Mail.
    email: String,
}

fn shown(view: BookingView, zone: &TimeZone) -> StaffBooking {
    let booking = view.booking;
    let life = booking.life;
    let (person, reason) = view.person.map_or((None, None), |person| {
        let booked = BookedPerson {
            firstname: person.firstname,
            lastname: person.lastname,
            dob: person.dob,
            phone: person.phone,
            email: person.email,
        };
        (Some(booked), person.reason)
    });
    StaffBooking {
        booking_id: booking.booking_id.get(),
        status: life.status.as_str(),
        pms_answer: life.pms_answer.as_str(),
        not_in_pms: view.outstanding,
        attendance: life.attendance.map(Attendance::as_str),
        practitioner_id: booking.practitioner_id.get(),
        appointment_type_id: booking.appointment_type_id.get(),
        appointment_type: booking.comments,
        pms_resource_id: booking.pms_resource_id,
        pms_appointment_type_id: booking.pms_appointment_type_id,
        pms_appointment_ids: view.pms_record.pms_appointment_ids,
        pms_patient_id: view.pms_record.pms_patient_id,
        start: rfc3339(booking.start, zone),
        end: rfc3339(booking.end, zone),
        created_at: rfc3339(life.created_at, zone),
        is_new_patient: booking.is_new_patient,
        reason,
        patient: person,
    }
}

/// Of which days bookings are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `list` reads")]
struct DayParams {
    /// The first day, in practice time.
    #[param(value_type = Option<Day>)]
    from: Option<String>,
    /// The last day, in practice time.
    #[param(value_type = Option<Day>)]
    to: Option<String>,
}

fn booking_id(id: i64) -> std::result::Result<BookingId, Failure> {
    BookingId::new(id).ok_or_else(|| Error::NotFound("booking").into())
}

/// The bookings of some days
///
/// Days are the practice's, both included; without them all. By start, 100 a page.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/bookings",
    operation_id = "listBookings",
    tag = "bookings",
    params(DayParams, PageParams),
    responses(
        (status = 200, description = "A page of bookings.", body = Page<StaffBooking>),
    ),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Response> {
    let id = practice_id(id)?;
    let (days, page) = params.read(|query| {
        let days = (query.optional("from"), query.optional("to"));
        Some((days, query.page()))
    })?;
    let window = page.window();
    let (found, zone) = hub
        .read(id, move |tx| {
            bookings::list(tx, &admin.operator, id, days, window)
        })
        .await?;
    let data = found.entries.into_iter().map(|view| shown(view, &zone));
    Ok(page_of(data, page.paginated(found.total)))
}

/// Whose bookings are searched: by phone, or by last name and day of birth.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what `SearchInput` reads")]
pub(super) enum PersonBody {
    /// By phone.
    Phone {
        /// The phone, in any form in which it can be entered.
        #[schema(value_type = Phone)]
        phone: String,
    },
    /// By name.
    Name {
        /// The last name, whole; capitals make no difference.
        #[schema(value_type = Name)]
        lastname: String,
        /// The day of birth.
        #[schema(value_type = Day)]
        dob: String,
    },
}

/// The body of a search: a phone, or a last name with a date of birth.
pub(super) struct SearchInput(pub(super) PersonSearch);

impl FromJson for SearchInput {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let phone: Option<String> = object.optional("phone");
        let lastname: Option<String> = object.optional_name("lastname");
        let dob: Option<String> = object.optional("dob");
        match (phone, lastname, dob) {
            (Some(phone), None, None) => match patient::phone(&phone) {
                Ok(phone) => Some(Self(PersonSearch::Phone(phone))),
                Err(why) => object.fault("phone", why),
            },
            (None, Some(lastname), Some(dob)) => match parse_date(&dob) {
                Some(dob) => Some(Self(PersonSearch::Name(lastname, dob.to_string()))),
                None => object.fault("dob", "must be a date (YYYY-MM-DD)"),
            },
            _ => object.fault("phone", "give either phone, or lastname and dob"),
        }
    }
}

/// The bookings of a person
///
/// The newest ones. A POST, so that nothing personal stands in a URL. It takes either `phone`, or
/// `lastname` and `dob`.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/bookings/search",
    operation_id = "searchBookings",
    tag = "bookings",
    request_body(content = PersonBody, example = json!({"phone": "0412 345 678"})),
    responses(
        (status = 200, description = "The bookings.", body = List<StaffBooking>),
    ),
)]
pub(super) async fn search(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(SearchInput(search)): Input<SearchInput>,
) -> Result<Response> {
    let id = practice_id(id)?;
    let (found, zone) = hub
        .read(id, move |tx| {
            bookings::search(tx, &admin.operator, id, &search)
        })
        .await?;
    Ok(list_of(found.into_iter().map(|view| shown(view, &zone))))
}

/// One booking
///
/// With its person and what the PMS said of it.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/bookings/{bookingId}",
    operation_id = "getPracticeBooking",
    tag = "bookings",
    responses(
        (status = 200, description = "The booking.", body = StaffBooking),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([practice, id]): Ids<2>,
) -> Result<Json<StaffBooking>> {
    let (practice, id) = (practice_id(practice)?, booking_id(id)?);
    let (view, zone) = hub
        .read(practice, move |tx| {
            bookings::get(tx, &admin.operator, practice, id)
        })
        .await?;
    Ok(Json(shown(view, &zone)))
}

async fn change(
    hub: &Hub,
    admin: Admin,
    [practice, id]: [i64; 2],
    deed: Deed,
    reason: Option<String>,
) -> Result<Json<StaffBooking>> {
    let (practice, id, context) = (practice_id(practice)?, booking_id(id)?, admin.context());
    let (view, zone) = hub
        .write(practice, move |tx| {
            let operator = &admin.operator;
            bookings::change(
                tx,
                operator,
                &context,
                practice,
                id,
                deed,
                reason.as_deref(),
            )
        })
        .await?;
    Ok(Json(shown(view, &zone)))
}

/// Staff entered it into the PMS by hand
///
/// It is confirmed and leaves the PMS's list, so that the integration does not insert it twice
/// (BOOK-2).
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/bookings/{bookingId}/enteredByHand",
    operation_id = "bookingEnteredByHand",
    tag = "bookings",
    request_body(content = Reason, example = json!({"reason": "The integration was down"})),
    responses(
        (status = 200, description = "The booking.", body = StaffBooking),
        (status = 409, description = "It is rejected or cancelled.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn entered_by_hand(
    State(hub): State<Hub>,
    admin: Admin,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<StaffBooking>> {
    change(&hub, admin, ids, Deed::EnteredByHand, reason).await
}

/// Staff cancel it
///
/// The patient is told, and the PMS if it may have it (BOOK-7).
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/bookings/{bookingId}/cancel",
    operation_id = "cancelPracticeBooking",
    tag = "bookings",
    request_body(content = Reason, example = json!({"reason": "The practitioner is ill"})),
    responses(
        (status = 200, description = "The booking.", body = StaffBooking),
        (status = 409, description = "It is rejected.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn cancel(
    State(hub): State<Hub>,
    admin: Admin,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<StaffBooking>> {
    change(&hub, admin, ids, Deed::Cancel, reason).await
}

/// The patient came
///
/// A mark on a confirmed booking (BOOK-2).
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/bookings/{bookingId}/attended",
    operation_id = "bookingAttended",
    tag = "bookings",
    request_body(content = Reason, example = json!({})),
    responses(
        (status = 200, description = "The booking.", body = StaffBooking),
        (status = 409, description = "It is not confirmed, or its day is still to come.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn attended(
    State(hub): State<Hub>,
    admin: Admin,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Json<StaffBooking>> {
    change(&hub, admin, ids, Deed::Attended, reason).await
}

/// Something that needs staff's attention.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AttentionItem {
    /// `notInPms`: it stands and the PMS has not answered. `lateRejection`: the PMS rejected it when
    /// it already stood. `idsReplaced`: the PMS confirmed it again with other ids.
    /// `updateRejected`: the PMS rejected its cancellation.
    #[schema(value_type = AttentionKind)]
    kind: &'static str,
    /// Which booking.
    booking_id: i64,
    /// Since when.
    #[schema(value_type = Instant)]
    since: String,
}

/// Which time is asked about.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `bookability` reads")]
struct BookabilityParams {
    /// With whom.
    #[param(value_type = ScopedNumber)]
    practitioner_id: i64,
    /// For what.
    #[param(value_type = ScopedNumber)]
    appointment_type_id: i64,
    /// When it would begin.
    #[param(value_type = Instant)]
    start: String,
}

/// Whether a time can be booked.
#[derive(Serialize, ToSchema)]
pub(super) struct Bookability {
    /// Whether it can.
    bookable: bool,
    /// When it would begin, with the practice's offset.
    #[schema(value_type = Instant)]
    start: String,
    /// When it would end; only of one that can be booked.
    #[schema(value_type = Option<Instant>, required)]
    end: Option<String>,
    /// Every reason against it.
    reasons: Vec<&'static str>,
}

/// What needs staff's attention
///
/// Oldest first (BOOK-3, BOOK-4, BOOK-5, BOOK-8).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/attention",
    operation_id = "listAttention",
    tag = "bookings",
    responses(
        (status = 200, description = "What there is.", body = List<AttentionItem>),
    ),
)]
pub(super) async fn attention(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    let id = practice_id(id)?;
    let items = hub
        .read(id, move |tx| attention::list(tx, &admin.operator, id))
        .await?;
    let shown = |item: attention::Item| AttentionItem {
        kind: item.kind,
        booking_id: item.booking_id.get(),
        since: item.since.to_string(),
    };
    Ok(list_of(items.into_iter().map(shown)))
}

/// Why a time can be booked, or not
///
/// With every reason against it (AVAIL-3).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/bookability",
    operation_id = "getBookability",
    tag = "bookings",
    params(BookabilityParams),
    responses(
        (status = 200, description = "Whether it can.", body = Bookability),
    ),
)]
pub(super) async fn bookability(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Json<Bookability>> {
    let id = practice_id(id)?;
    let (practitioner, kind, start) = params.read(|query| {
        let practitioner = query.required_id("practitionerId", PractitionerId::new);
        let kind = query.required_id("appointmentTypeId", AppointmentTypeId::new);
        let start = query.required("start");
        Some((practitioner?, kind?, start?))
    })?;
    let found = hub
        .read(id, move |tx| {
            bookability::get(tx, &admin.operator, id, practitioner, kind, start)
        })
        .await?;
    Ok(Json(Bookability {
        bookable: found.slot.is_some(),
        start: rfc3339(start, &found.zone),
        end: found.slot.map(|slot| rfc3339(slot.end, &found.zone)),
        reasons: found.reasons,
    }))
}
