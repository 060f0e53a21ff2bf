//! `/practices`: made, listed, changed, deactivated.

use crate::admin::{Admin, Ids, page_of, practice_id};
use crate::openapi::values::{self, Email, Phone, Postcode, TimeZoneName, flag, like};
use crate::params::{PageParams, Params};
use crate::problem::{Creating, Input, PROBLEM, ProblemDetails, Result, created, kept, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::patient;
use slotbridge_domain::product::Product;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::practices::{self, Details};
use slotbridge_hub::rows::Practice;
use slotbridge_wire::page::Page;
use slotbridge_wire::profile::Field;
use slotbridge_wire::read::{self, Faults, FromJson, Node, Object};
use slotbridge_wire::schema::{self, Instant, Name};
use slotbridge_wire::schemas;
use utoipa::ToSchema;
use utoipa::openapi::Ref;

const MOST_NAMES: usize = practices::MOST_SPECIALTIES;

/// A text that can be unset by `null` or `""`.
fn text(object: &mut Object<'_>, key: &str) -> Option<Option<String>> {
    match object.field::<String>(key) {
        Field::Absent => None,
        Field::Null => Some(None),
        Field::Value(text) if text.trim().is_empty() => Some(None),
        Field::Value(text) if text.chars().count() > read::MAX_NAME => object.fault(
            key,
            format!("must have at most {} characters", read::MAX_NAME),
        ),
        Field::Value(text) => Some(Some(text.trim().to_owned())),
    }
}

fn checked(
    object: &mut Object<'_>,
    key: &str,
    check: impl FnOnce(&str) -> std::result::Result<String, &'static str>,
) -> Option<Option<String>> {
    match text(object, key)? {
        None => Some(None),
        Some(text) => match check(&text) {
            Ok(text) => Some(Some(text)),
            Err(why) => object.fault(key, why),
        },
    }
}

/// The name of a product.
fn product(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let names = Product::ALL.map(|product| (product.as_str(), product));
    read::one_of(&names)(node, faults).map(|product| product.as_str().to_owned())
}

/// The details as sent; a new practice must have a name and a zone.
fn details(object: &mut Object<'_>, new: bool) -> Details {
    let names = || read::array_of(MOST_NAMES, read::name);
    let mut name = |key| match new {
        true => object.required_name(key),
        false => object.optional_name(key),
    };
    let (name, timezone) = (name("name"), name("timezone"));
    let timezone = timezone.and_then(|name| match practices::zone_name(&name) {
        Ok(name) => Some(name),
        Err(why) => object.fault("timezone", why),
    });
    Details {
        name,
        timezone,
        state: checked(object, "state", |text| {
            patient::state(text).map(str::to_owned)
        }),
        address: text(object, "address"),
        suburb: text(object, "suburb"),
        postcode: checked(object, "postcode", patient::postcode),
        phone: checked(object, "phone", patient::phone),
        email: checked(object, "email", patient::email),
        specialties: object.optional_with("specialties", names()),
        products: object.optional_with("products", read::array_of(MOST_NAMES, product)),
        auto_publish: object.optional("autoPublish"),
        hide_when_unhealthy: object.optional("hideWhenUnhealthy"),
        hide_when_feature_late: object.optional("hideWhenFeatureLate"),
        ask_after_appointments: object.optional("askAfterAppointments"),
        minimum_notice_minutes: object.optional_with(
            "minimumNoticeMinutes",
            read::integer(0..=practices::MOST_NOTICE),
        ),
        default_length_minutes: object.optional_with(
            "defaultLengthMinutes",
            read::integer(1..=practices::LONGEST_DEFAULT),
        ),
        reminder_hours: object.optional_with(
            "reminderHours",
            read::integer(1..=practices::MOST_REMINDER_HOURS),
        ),
        active: object.optional("active"),
    }
}

/// The settings of a practice. What is not sent stays, or is not set; `null` unsets.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `details` reads")]
struct PracticeChange {
    /// Its name.
    #[schema(value_type = Option<Name>)]
    name: Option<String>,
    /// Its IANA time zone, fixed once there is availability (AVAIL-5).
    #[schema(value_type = Option<TimeZoneName>)]
    timezone: Option<String>,
    /// Its state or territory: for public holidays.
    #[schema(value_type = Option<values::State>)]
    state: Option<String>,
    /// Street and number.
    #[schema(max_length = 255)]
    address: Option<String>,
    /// Suburb or town.
    #[schema(max_length = 255)]
    suburb: Option<String>,
    /// Postcode.
    #[schema(value_type = Option<Postcode>)]
    postcode: Option<String>,
    /// Phone.
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
    /// Mail.
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    /// What it does, as patients search for it.
    #[schema(value_type = Option<Vec<Name>>, max_items = 50)]
    specialties: Option<Vec<String>>,
    /// What it uses of the hub.
    #[schema(value_type = Option<Vec<ProductName>>, max_items = 50)]
    products: Option<Vec<String>>,
    /// Whether what the PMS sends can be booked at once, without anybody linking it.
    auto_publish: Option<bool>,
    /// Whether its times are hidden while its integration is unhealthy.
    hide_when_unhealthy: Option<bool>,
    /// Whether they are hidden while an extra feature is late; off unless set (HEALTH-4).
    hide_when_feature_late: Option<bool>,
    /// Whether the PMS is asked the day after what became of each appointment; off unless set
    /// (BOOK-12).
    ask_after_appointments: Option<bool>,
    /// How long before its start a time can be booked, in minutes.
    #[schema(minimum = 0, maximum = 40320)]
    minimum_notice_minutes: Option<i64>,
    /// The length in minutes of an appointment type that has none.
    #[schema(minimum = 1, maximum = 1440)]
    default_length_minutes: Option<i64>,
    /// How many hours before an appointment its reminder goes out.
    #[schema(minimum = 1, maximum = 72)]
    reminder_hours: Option<i64>,
    /// Whether it takes part at all.
    active: Option<bool>,
}

schemas! {
    /// A product that a practice uses.
    ProductName = schema::one_of(
        Product::ALL.map(Product::as_str),
        "A product that a practice uses. All but `preScreeningForm` need client snapshots (SNAP-1).",
    );
    /// A practice to be made.
    NewPractice = like::<PracticeChange>("A practice to be made.")
        .property("name", Ref::from_schema_name(Name::name()))
        .required("name")
        .property("timezone", Ref::from_schema_name(TimeZoneName::name()))
        .required("timezone")
        .property("test", flag(
            "Whether it is a test practice: never shown in search, and all that test consumers              reach (AUTH-4). It stays as it is made.",
        ));
}

pub(super) struct New {
    details: Details,
    test: bool,
}

impl FromJson for New {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let test = object.optional("test");
        let details = details(&mut object, true);
        Some(Self {
            details,
            test: test.unwrap_or(false),
        })
    }
}

pub(super) struct Changed(Details);

impl FromJson for Changed {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        Some(Self(details(&mut node.object(faults)?, false)))
    }
}

/// A practice as operators see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PracticeView {
    /// Its id.
    practice_id: i64,
    /// Its name.
    name: String,
    /// Its IANA time zone.
    timezone: String,
    /// Its state or territory.
    #[schema(required)]
    state: Option<String>,
    /// Street and number.
    #[schema(required)]
    address: Option<String>,
    /// Suburb or town.
    #[schema(required)]
    suburb: Option<String>,
    /// Postcode.
    #[schema(required)]
    postcode: Option<String>,
    /// Phone.
    #[schema(required)]
    phone: Option<String>,
    /// Mail.
    #[schema(required)]
    email: Option<String>,
    /// What it does.
    specialties: Vec<String>,
    /// What it uses of the hub.
    #[schema(value_type = Vec<ProductName>)]
    products: Vec<String>,
    /// Whether it is a test practice.
    test: bool,
    /// Whether what the PMS sends can be booked at once.
    auto_publish: bool,
    /// Whether its times are hidden while its integration is unhealthy.
    hide_when_unhealthy: bool,
    /// Whether they are hidden while an extra feature is late.
    hide_when_feature_late: bool,
    /// Whether the PMS is asked the day after what became of each appointment.
    ask_after_appointments: bool,
    /// How long before its start a time can be booked, in minutes.
    minimum_notice_minutes: i64,
    /// The length in minutes of an appointment type that has none.
    default_length_minutes: i64,
    /// How many hours before an appointment its reminder goes out.
    reminder_hours: i64,
    /// Whether it takes part at all.
    active: bool,
    /// Since when it is there.
    #[schema(value_type = Instant)]
    created_at: String,
}

fn shown(practice: &Practice) -> PracticeView {
    PracticeView {
        practice_id: practice.practice_id.get(),
        name: practice.name.clone(),
        timezone: practice.timezone.clone(),
        state: practice.state.clone(),
        address: practice.address.clone(),
        suburb: practice.suburb.clone(),
        postcode: practice.postcode.clone(),
        phone: practice.phone.clone(),
        email: practice.email.clone(),
        specialties: practice.specialties.clone(),
        products: practice.products.clone(),
        test: practice.test,
        auto_publish: practice.auto_publish,
        hide_when_unhealthy: practice.hide_when_unhealthy,
        hide_when_feature_late: practice.hide_when_feature_late,
        ask_after_appointments: practice.ask_after_appointments,
        minimum_notice_minutes: practice.minimum_notice_minutes,
        default_length_minutes: practice.default_length_minutes,
        reminder_hours: practice.reminder_hours,
        active: practice.deactivated_at.is_none(),
        created_at: practice.created_at.to_string(),
    }
}

/// The practices
///
/// Test and deactivated ones too, 100 a page, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/practices",
    operation_id = "listPractices",
    tag = "practices",
    params(PageParams),
    responses(
        (status = 200, description = "A page of practices.", body = Page<PracticeView>),
    ),
)]
pub(super) async fn list(State(hub): State<Hub>, admin: Admin, params: Params) -> Result<Response> {
    let page = params.page()?;
    let found = practices::list(&hub, &admin.operator, page.window()).await?;
    let data = found.entries.iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}

/// Makes a practice
///
/// It takes part once a consumer has its consent and has sent resources, types and free times.
#[utoipa::path(
    post,
    path = "/practices",
    operation_id = "createPractice",
    tag = "practices",
    request_body(
        content = NewPractice,
        example = json!({
            "name": "Acme Test Clinic",
            "timezone": "Australia/Perth",
            "state": "WA",
            "test": true,
            "autoPublish": true,
        }),
    ),
    responses(
        (status = 201, description = "It is there.", body = PracticeView),
    ),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    admin: Admin,
    Creating(New { details, test }, key): Creating<New>,
) -> Result<Response> {
    let (context, once) = (admin.context(), hub.once(key, |made| kept(shown(made))));
    let answer = practices::create(&hub, &admin.operator, context, details, test, once).await?;
    Ok(created(answer))
}

/// One practice
///
/// With its settings.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}",
    operation_id = "getPractice",
    tag = "practices",
    responses(
        (status = 200, description = "The practice.", body = PracticeView),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<PracticeView>> {
    let id = practice_id(id)?;
    let practice = hub
        .read(id, move |tx| practices::get(tx, &admin.operator, id))
        .await?;
    Ok(Json(shown(&practice)))
}

async fn change(hub: &Hub, admin: Admin, id: i64, details: Details) -> Result<Practice> {
    let (id, context) = (practice_id(id)?, admin.context());
    let practice = hub.write(id, move |tx| {
        practices::update(tx, &admin.operator, &context, id, details.clone())
    });
    Ok(practice.await?)
}

/// Changes a practice
///
/// What is not sent stays; `null` or an empty text unsets a detail that can be unset. The zone is fixed
/// once there is availability (AVAIL-5).
#[utoipa::path(
    patch,
    path = "/practices/{practiceId}",
    operation_id = "updatePractice",
    tag = "practices",
    request_body(content = PracticeChange, example = json!({"minimumNoticeMinutes": 60, "phone": null})),
    responses(
        (status = 200, description = "The practice.", body = PracticeView),
        (status = 409, description = "The zone is fixed.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn update(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Changed(details)): Input<Changed>,
) -> Result<Json<PracticeView>> {
    Ok(Json(shown(&change(&hub, admin, id, details).await?)))
}

/// Deactivates a practice
///
/// It offers nothing and its integration is refused; `PATCH` with `active` brings it back.
#[utoipa::path(
    delete,
    path = "/practices/{practiceId}",
    operation_id = "deactivatePractice",
    tag = "practices",
    responses(
        (status = 204, description = "It is deactivated."),
    ),
)]
pub(super) async fn deactivate(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<StatusCode> {
    let details = Details {
        active: Some(false),
        ..Details::default()
    };
    change(&hub, admin, id, details).await?;
    Ok(no_content())
}
