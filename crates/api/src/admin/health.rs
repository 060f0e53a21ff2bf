//! `/practices/{practiceId}/health`: how its integration does (HEALTH-2), and
//! `/practices/{practiceId}/holidays`: its own public holidays (CONF-3).

use crate::admin::{Admin, Ids, List, practice_id};
use crate::openapi::values::{FeatureName, HealthReason, HealthState};
use crate::params::{PageParams, Params};
use crate::problem::{Input, Result};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use slotbridge_domain::health::{Reason, State as HealthIs};
use slotbridge_hub::Hub;
use slotbridge_hub::admin::health::{self, FeatureHealth, Holiday};
use slotbridge_hub::rows::HealthChange;
use slotbridge_wire::page::Paginated;
use slotbridge_wire::read::{self, Faults, FromJson, Node};
use slotbridge_wire::schema::{Day, Instant, Name};
use utoipa::ToSchema;

/// A change of how an integration does.
#[derive(Serialize, ToSchema)]
struct ChangeView {
    /// When.
    #[schema(value_type = Instant)]
    at: String,
    /// How it did from then on.
    #[schema(value_type = HealthState)]
    state: &'static str,
    /// Why it was unhealthy then, if it was.
    #[schema(value_type = Vec<HealthReason>)]
    reasons: Vec<&'static str>,
}

/// How an extra feature does (HEALTH-4).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FeatureView {
    /// Its id.
    #[schema(value_type = FeatureName)]
    id: &'static str,
    /// Whether the integration has enabled it.
    enabled: bool,
    /// How many of its requests are outstanding.
    outstanding: i64,
    /// Since when the oldest of them is.
    #[schema(value_type = Option<Instant>, required)]
    oldest_at: Option<String>,
    /// Since when it is late: what needs it pauses.
    #[schema(value_type = Option<Instant>, required)]
    late_since: Option<String>,
}

/// How a practice's integration does.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HealthView {
    /// How it does; `null` without a live consent, and until it was judged for the first time.
    #[schema(value_type = Option<HealthState>, required)]
    state: Option<&'static str>,
    /// Since when.
    #[schema(value_type = Option<Instant>, required)]
    since: Option<String>,
    /// Why it is unhealthy, if it is.
    #[schema(value_type = Vec<HealthReason>)]
    reasons: Vec<&'static str>,
    /// When it called for the last time, as far as this node knows.
    #[schema(value_type = Option<Instant>, required)]
    last_contact_at: Option<String>,
    /// Whether the practice's times are hidden because of it.
    times_hidden: bool,
    /// The extra features.
    features: Vec<FeatureView>,
    /// The changes into and out of being unhealthy, newest first.
    data: Vec<ChangeView>,
    /// Where in the changes this page is.
    page: Paginated,
}

fn instant(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn names(reasons: &[Reason]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.as_str()).collect()
}

fn change(change: &HealthChange) -> ChangeView {
    ChangeView {
        at: change.at.to_string(),
        state: change.state.as_str(),
        reasons: names(&change.reasons),
    }
}

fn feature(feature: &FeatureHealth) -> FeatureView {
    FeatureView {
        id: feature.feature.as_str(),
        enabled: feature.enabled,
        outstanding: feature.outstanding,
        oldest_at: instant(feature.oldest),
        late_since: instant(feature.late_since),
    }
}

/// How a practice's integration does
///
/// Healthy, unhealthy, or outside of its live hours neither; with the changes into and out of being
/// unhealthy, 100 a page (HEALTH-1 to HEALTH-4).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/health",
    operation_id = "getPracticeHealth",
    tag = "practices",
    params(PageParams),
    responses(
        (status = 200, description = "How it does.", body = HealthView),
    ),
)]
pub(super) async fn get(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Json<HealthView>> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let found = health::get(&hub, &admin.operator, id, page.window()).await?;
    Ok(Json(HealthView {
        state: found.state.map(HealthIs::as_str),
        since: instant(found.since),
        reasons: names(&found.reasons),
        last_contact_at: instant(found.last_contact),
        times_hidden: found.times_hidden,
        features: found.features.iter().map(feature).collect(),
        data: found.changes.entries.iter().map(change).collect(),
        page: page.paginated(found.changes.total),
    }))
}

/// A public holiday.
#[derive(Serialize, ToSchema)]
pub(super) struct HolidayView {
    /// The day at the practice.
    #[schema(value_type = Day)]
    date: String,
    /// Its name.
    #[schema(value_type = Name)]
    name: String,
}

/// The public holidays of a practice's own.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `Sent` reads")]
struct HolidayList {
    /// All of them; of two on one day the last counts.
    #[schema(max_items = 1000)]
    data: Vec<HolidayView>,
}

pub(super) struct Sent(Vec<Holiday>);

struct One(Holiday);

impl FromJson for One {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let date = object.required("date");
        let name = object.required_name("name");
        Some(Self(Holiday {
            date: date?,
            name: name?,
        }))
    }
}

impl FromJson for Sent {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let all: Option<Vec<One>> = object.required_with(
            "data",
            read::array_of(health::MOST_HOLIDAYS, One::from_json),
        );
        Some(Self(all?.into_iter().map(|One(holiday)| holiday).collect()))
    }
}

fn list(holidays: Vec<Holiday>) -> Json<List<HolidayView>> {
    let shown = |holiday: Holiday| HolidayView {
        date: holiday.date.to_string(),
        name: holiday.name,
    };
    Json(List {
        data: holidays.into_iter().map(shown).collect(),
    })
}

/// A practice's own public holidays
///
/// Beside those of its state, on which `publicHolidays` of the liveness contract replaces the weekday's
/// hours (CONF-3).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/holidays",
    operation_id = "listHolidays",
    tag = "practices",
    responses(
        (status = 200, description = "All of them, by day.", body = List<HolidayView>),
    ),
)]
pub(super) async fn holidays(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<List<HolidayView>>> {
    let id = practice_id(id)?;
    let found = hub
        .read(id, move |tx| health::holidays(tx, &admin.operator, id))
        .await?;
    Ok(list(found))
}

/// Replaces a practice's own public holidays
///
/// Beside those of its state: a show day of its town, say (CONF-3).
#[utoipa::path(
    put,
    path = "/practices/{practiceId}/holidays",
    operation_id = "replaceHolidays",
    tag = "practices",
    request_body(
        content = HolidayList,
        example = json!({"data": [{"date": "2027-03-01", "name": "Show day"}]}),
    ),
    responses(
        (status = 200, description = "All of them, by day.", body = List<HolidayView>),
    ),
)]
pub(super) async fn set_holidays(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Sent(sent)): Input<Sent>,
) -> Result<Json<List<HolidayView>>> {
    let (id, context) = (practice_id(id)?, admin.context());
    let found = hub
        .write(id, move |tx| {
            health::set_holidays(tx, &admin.operator, &context, id, &sent)?;
            health::holidays(tx, &admin.operator, id)
        })
        .await?;
    Ok(list(found))
}
