//! `GET /practices` and `GET /practices/{practiceId}`: where, whom and what one can book.

use crate::ApiState;
use crate::params::{PageParams, Params, ids_of};
use crate::problem::{Problem, Result};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::rows::{Practice, PracticeSearch as Search};
use slotbridge_hub::{Error, Hub};
use slotbridge_wire::page::Page;
use slotbridge_wire::read::{self, Faults, FromJson, MAX_NAME, Node};
use utoipa::{IntoParams, ToSchema};

/// The practice that the path names, if it can be one.
pub(crate) struct PracticePath(pub(crate) PracticeId);

impl FromRequestParts<ApiState> for PracticePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self> {
        let [id] = ids_of(parts, state).await?;
        Ok(Self(
            PracticeId::new(id).ok_or(Error::NotFound("practice"))?,
        ))
    }
}

/// A practice as patients see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PracticeSummary<'a> {
    /// Its id.
    practice_id: i64,
    /// Its name.
    name: &'a str,
    /// Its IANA time zone.
    timezone: &'a str,
    /// Its state or territory.
    #[schema(required)]
    state: Option<&'a str>,
    /// Street and number.
    #[schema(required)]
    address: Option<&'a str>,
    /// Suburb or town.
    #[schema(required)]
    suburb: Option<&'a str>,
    /// Postcode.
    #[schema(required)]
    postcode: Option<&'a str>,
    /// Phone.
    #[schema(required)]
    phone: Option<&'a str>,
    /// Mail.
    #[schema(required)]
    email: Option<&'a str>,
    /// What it does.
    specialties: &'a [String],
}

impl<'a> PracticeSummary<'a> {
    fn new(practice: &'a Practice) -> Self {
        Self {
            practice_id: practice.practice_id.get(),
            name: &practice.name,
            timezone: &practice.timezone,
            state: practice.state.as_deref(),
            address: practice.address.as_deref(),
            suburb: practice.suburb.as_deref(),
            postcode: practice.postcode.as_deref(),
            phone: practice.phone.as_deref(),
            email: practice.email.as_deref(),
            specialties: &practice.specialties,
        }
    }
}

/// A practice with all that can be booked there.
#[derive(Serialize, ToSchema)]
struct PracticeWithPractitioners<'a> {
    #[serde(flatten)]
    practice: PracticeSummary<'a>,
    /// Whom one can book.
    practitioners: Vec<BookablePractitioner<'a>>,
}

/// Somebody whom patients can book.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BookablePractitioner<'a> {
    /// Their id.
    practitioner_id: i64,
    /// Their name as shown.
    name: &'a str,
    /// Title, e.g. `Dr`.
    #[schema(required)]
    title: Option<&'a str>,
    /// First name.
    #[schema(required)]
    firstname: Option<&'a str>,
    /// Last name.
    #[schema(required)]
    lastname: Option<&'a str>,
    /// For what.
    appointment_types: Vec<BookableType<'a>>,
}

/// For what patients can book somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BookableType<'a> {
    /// Its id.
    appointment_type_id: i64,
    /// Its name as shown.
    name: &'a str,
    /// How long it takes in minutes, if that is known before a time is chosen.
    #[schema(required)]
    length_minutes: Option<i64>,
}

/// What is looked for: short, so that all of it fits into a URL.
struct Words(String);

impl FromJson for Words {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        read::text_up_to(MAX_NAME)(node, faults).map(Self)
    }
}

/// How practices are searched.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `search` reads")]
struct SearchParams {
    /// A part of the name.
    #[param(max_length = 255)]
    q: Option<String>,
    /// The suburb or town.
    #[param(max_length = 255)]
    suburb: Option<String>,
    /// The postcode.
    #[param(max_length = 255)]
    postcode: Option<String>,
    /// One of its specialties.
    #[param(max_length = 255)]
    specialty: Option<String>,
}

/// Practices by name, place and specialty
///
/// 100 a page, by name; test practices never show (AUTH-4).
#[utoipa::path(
    get,
    path = "/practices",
    operation_id = "searchPractices",
    tag = "practices",
    params(SearchParams, PageParams),
    responses(
        (status = 200, description = "A page of practices.", body = Page<PracticeSummary<'_>>),
    ),
)]
pub(super) async fn search(State(hub): State<Hub>, params: Params) -> Result<Response> {
    let (search, page) = params.read(|query| {
        let mut text = |name: &str| query.optional(name).map(|Words(text)| text);
        let search = Search {
            name: text("q"),
            suburb: text("suburb"),
            postcode: text("postcode"),
            specialty: text("specialty"),
        };
        Some((search, query.page()))
    })?;
    let window = page.window();
    let found = hub.search_practices(search, window).await?;
    let data: Vec<_> = found.entries.iter().map(PracticeSummary::new).collect();
    Ok(Json(Page {
        data,
        page: page.paginated(found.total),
    })
    .into_response())
}

/// One practice
///
/// With its practitioners and the appointment types for which each can be booked.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}",
    operation_id = "getPractice",
    tag = "practices",
    responses(
        (status = 200, description = "The practice.", body = PracticeWithPractitioners<'_>),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    PracticePath(id): PracticePath,
) -> Result<Response> {
    let found = hub.practice_page(id).await?;
    let practitioners = found.practitioners.iter().map(|(who, types)| {
        let types = types.iter().map(|kind| BookableType {
            appointment_type_id: kind.appointment_type_id.get(),
            name: &kind.name,
            length_minutes: kind.length_minutes,
        });
        BookablePractitioner {
            practitioner_id: who.practitioner_id.get(),
            name: &who.name,
            title: who.title.as_deref(),
            firstname: who.firstname.as_deref(),
            lastname: who.lastname.as_deref(),
            appointment_types: types.collect(),
        }
    });
    let practice = PracticeWithPractitioners {
        practice: PracticeSummary::new(&found.practice),
        practitioners: practitioners.collect(),
    };
    Ok(Json(practice).into_response())
}
