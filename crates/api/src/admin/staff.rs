//! `/staff` and `/practices/{practiceId}/staff`: accounts of staff, what they are at which practices,
//! the links that set them up, and their sessions.

use crate::admin::{Admin, Ids, List, list_of, page_of, practice_id};
use crate::openapi::values::{Email, StaffLinkKind, StaffRole};
use crate::params::{PageParams, Params};
use crate::problem::{Creating, Input, PROBLEM, ProblemDetails, Result, created, kept, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::patient;
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_hub::rows::Session;
use slotbridge_hub::staff::Person;
use slotbridge_hub::staff::accounts::{self, AccountView, Added, Changes};
use slotbridge_hub::staff::links::{self, NewLink};
use slotbridge_hub::{Error, Hub};
use slotbridge_wire::page::Page;
use slotbridge_wire::read::{Faults, FromJson, Node, Object};
use slotbridge_wire::schema::{Instant, Name};
use utoipa::ToSchema;

fn staff_id(id: i64) -> Result<StaffId> {
    Ok(StaffId::new(id).ok_or(Error::NotFound("account of staff"))?)
}

fn email(object: &mut Object<'_>, text: Option<String>) -> Option<String> {
    match patient::email(&text?) {
        Ok(email) => Some(email),
        Err(why) => object.fault("email", why),
    }
}

fn role(object: &mut Object<'_>) -> Option<Role> {
    let name: String = object.required("role")?;
    Role::from_name(&name).or_else(|| object.fault("role", "must be manager or receptionist"))
}

pub(super) struct New(Person, Role);

/// Somebody to be taken on.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `New` reads")]
struct NewStaff {
    /// Their name.
    #[schema(value_type = Name)]
    name: String,
    /// Their mail address, with which they sign in.
    #[schema(value_type = Email)]
    email: String,
    /// What they are at the practice.
    #[schema(value_type = StaffRole)]
    role: String,
}

impl FromJson for New {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let name = object.required_name("name");
        let address = object.required("email");
        let address = email(&mut object, address);
        let role = role(&mut object);
        let person = Person {
            name: name?,
            email: address?,
        };
        Some(Self(person, role?))
    }
}

pub(super) struct NewRole(Role);

/// What somebody is from now on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `NewRole` reads")]
struct RoleChange {
    /// What they are at the practice.
    #[schema(value_type = StaffRole)]
    role: String,
}

impl FromJson for NewRole {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        role(&mut node.object(faults)?).map(Self)
    }
}

pub(super) struct Changed(Changes);

/// What changes of an account.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `Changed` reads")]
struct StaffChange {
    /// Their name.
    #[schema(value_type = Option<Name>)]
    name: Option<String>,
    /// Their mail address, with which they sign in.
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    /// Whether they can sign in.
    active: Option<bool>,
}

impl FromJson for Changed {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let address = object.optional("email");
        Some(Self(Changes {
            name: object.optional_name("name"),
            email: email(&mut object, address),
            active: object.optional("active"),
        }))
    }
}

pub(super) struct Kind(LinkKind);

/// A link to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `Kind` reads")]
struct NewStaffLink {
    /// What it is for.
    #[schema(value_type = StaffLinkKind)]
    kind: String,
}

impl FromJson for Kind {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let name: String = object.required("kind")?;
        let kind = LinkKind::from_name(&name);
        kind.or_else(|| object.fault("kind", "must be setUp or password"))
            .map(Self)
    }
}

/// An account of staff.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffView {
    /// Its id.
    staff_id: i64,
    /// Whose it is.
    name: String,
    /// The mail address.
    email: String,
    /// Whether it can be signed in to.
    active: bool,
    /// Whether its owner has set it up.
    set_up: bool,
    /// Since when it is there.
    #[schema(value_type = Instant)]
    created_at: String,
}

/// Somebody on the staff of a practice.
#[derive(Serialize, ToSchema)]
struct MemberView {
    #[serde(flatten)]
    account: StaffView,
    /// What they are there.
    #[schema(value_type = StaffRole)]
    role: &'static str,
}

/// What an account is at a practice.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MembershipView {
    /// The practice.
    practice_id: i64,
    /// What it is there.
    #[schema(value_type = StaffRole)]
    role: &'static str,
}

/// An account of staff with its practices.
#[derive(Serialize, ToSchema)]
pub(super) struct StaffWithPractices {
    #[serde(flatten)]
    account: StaffView,
    /// What it is at which practices.
    memberships: Vec<MembershipView>,
}

/// A link that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeStaffLink {
    /// What it is for.
    #[schema(value_type = StaffLinkKind)]
    kind: &'static str,
    /// The token in it, shown this once.
    token: String,
    /// Until when it can be used.
    #[schema(value_type = Instant)]
    expires_at: String,
}

/// Somebody who was taken on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AddedStaff {
    /// The account.
    staff_id: i64,
    /// The link that sets it up; none if the address had an account.
    #[schema(required)]
    link: Option<MadeStaffLink>,
}

/// A session of an account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionView {
    /// Its id.
    session_id: i64,
    /// When it began.
    #[schema(value_type = Instant)]
    created_at: String,
    /// When it was last used, to the minute.
    #[schema(value_type = Instant)]
    last_seen_at: String,
    /// When it ends, used or not.
    #[schema(value_type = Instant)]
    expires_at: String,
}

fn shown(account: AccountView) -> StaffView {
    StaffView {
        staff_id: account.staff_id.get(),
        name: account.person.name,
        email: account.person.email,
        active: account.deactivated_at.is_none(),
        set_up: account.set_up,
        created_at: account.created_at.to_string(),
    }
}

fn with_practices((account, all): (AccountView, Vec<(PracticeId, Role)>)) -> StaffWithPractices {
    let membership = |(practice, role): (PracticeId, Role)| MembershipView {
        practice_id: practice.get(),
        role: role.as_str(),
    };
    StaffWithPractices {
        account: shown(account),
        memberships: all.into_iter().map(membership).collect(),
    }
}

fn link_shown(link: &NewLink) -> MadeStaffLink {
    MadeStaffLink {
        kind: link.kind.as_str(),
        token: link.token.clone(),
        expires_at: link.expires_at.to_string(),
    }
}

/// All accounts of staff
///
/// Deactivated ones too, oldest first.
#[utoipa::path(
    get,
    path = "/staff",
    operation_id = "listStaff",
    tag = "staff",
    params(PageParams),
    responses(
        (status = 200, description = "A page of the accounts, oldest first.", body = Page<StaffView>),
    ),
)]
pub(super) async fn list(State(hub): State<Hub>, admin: Admin, params: Params) -> Result<Response> {
    let page = params.page()?;
    let window = page.window();
    let listed = hub
        .read_global(move |tx| accounts::list(tx, &admin.operator, window))
        .await?;
    Ok(page_of(
        listed.entries.into_iter().map(shown),
        page.paginated(listed.total),
    ))
}

/// An account of staff, with its practices
///
/// One account may work for several practices.
#[utoipa::path(
    get,
    path = "/staff/{staffId}",
    operation_id = "getStaff",
    tag = "staff",
    responses(
        (status = 200, description = "The account.", body = StaffWithPractices),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<StaffWithPractices>> {
    let id = staff_id(id)?;
    let found = hub
        .read_global(move |tx| accounts::get(tx, &admin.operator, id))
        .await?;
    Ok(Json(with_practices(found)))
}

/// Changes an account of staff
///
/// Deactivated, or with another mail address, all its sessions end.
#[utoipa::path(
    patch,
    path = "/staff/{staffId}",
    operation_id = "updateStaff",
    tag = "staff",
    request_body(content = StaffChange, example = json!({"active": false})),
    responses(
        (status = 200, description = "The account as it is now.", body = StaffWithPractices),
        (status = 409, description = "The mail address has another account.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn update(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Changed(changes)): Input<Changed>,
) -> Result<Json<StaffWithPractices>> {
    let (id, context) = (staff_id(id)?, admin.context());
    let found = hub
        .write_global(move |tx| accounts::update(tx, &admin.operator, &context, id, &changes))
        .await?;
    Ok(Json(with_practices(found)))
}

/// A practice's staff
///
/// With what each is there, and whether they have set up their account.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/staff",
    operation_id = "listPracticeStaff",
    tag = "staff",
    responses(
        (status = 200, description = "The staff, with what each is.", body = List<MemberView>),
    ),
)]
pub(super) async fn of_practice(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    let id = practice_id(id)?;
    let all = hub
        .read(id, move |tx| accounts::of_practice(tx, &admin.operator, id))
        .await?;
    Ok(list_of(all.into_iter().map(|(account, role)| MemberView {
        account: shown(account),
        role: role.as_str(),
    })))
}

/// Takes somebody on at a practice
///
/// With a link, shown once, with which they set up password and second factor within three days. An
/// address that has an account keeps it, and needs no link.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/staff",
    operation_id = "addStaff",
    tag = "staff",
    request_body(content = NewStaff, example = json!({"name": "Kim Lee", "email": "kim@clinic.example", "role": "manager"})),
    responses(
        (status = 201, description = "They are on the staff.", body = AddedStaff),
        (status = 409, description = "They are on it already.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn add(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(New(person, role), key): Creating<New>,
) -> Result<Response> {
    let (id, context) = (practice_id(id)?, admin.context());
    let once = hub.once(key, |added: &Added| {
        kept(AddedStaff {
            staff_id: added.staff_id.get(),
            link: added.link.as_ref().map(link_shown),
        })
    });
    let draft = hub.new_staff_link(LinkKind::SetUp);
    let answer = hub
        .write(id, move |tx| {
            once.run(tx, |tx| {
                accounts::add(tx, &admin.operator, &context, id, &person, role, &draft)
            })
        })
        .await?;
    Ok(created(answer))
}

/// Changes what somebody is at a practice
///
/// All their sessions end.
#[utoipa::path(
    patch,
    path = "/practices/{practiceId}/staff/{staffId}",
    operation_id = "setStaffRole",
    tag = "staff",
    request_body(content = RoleChange, example = json!({"role": "receptionist"})),
    responses(
        (status = 204, description = "They are that now."),
    ),
)]
pub(super) async fn set_role(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, staff]): Ids<2>,
    Input(NewRole(role)): Input<NewRole>,
) -> Result<StatusCode> {
    let (id, staff, context) = (practice_id(id)?, staff_id(staff)?, admin.context());
    hub.write(id, move |tx| {
        accounts::set_role(tx, &admin.operator, &context, id, staff, role)
    })
    .await?;
    Ok(no_content())
}

/// Takes somebody off a practice's staff
///
/// All their sessions end. An account that is left without a practice is deleted.
#[utoipa::path(
    delete,
    path = "/practices/{practiceId}/staff/{staffId}",
    operation_id = "removeStaff",
    tag = "staff",
    responses(
        (status = 204, description = "They are not on it any more."),
    ),
)]
pub(super) async fn remove(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, staff]): Ids<2>,
) -> Result<StatusCode> {
    let (id, staff, context) = (practice_id(id)?, staff_id(staff)?, admin.context());
    hub.write(id, move |tx| {
        accounts::remove(tx, &admin.operator, &context, id, staff)
    })
    .await?;
    Ok(no_content())
}

/// Makes a link for somebody on a practice's staff
///
/// `setUp` for a new password and second factor (a lost device), `password` for a password alone. It is
/// shown once, can be used once within three days, and the links before it open nothing any more. Using
/// it ends all their sessions, and a lock.
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/staff/{staffId}/links",
    operation_id = "makeStaffLink",
    tag = "staff",
    request_body(content = NewStaffLink, example = json!({"kind": "setUp"})),
    responses(
        (status = 201, description = "It is made.", body = MadeStaffLink),
        (status = 409, description = "The account was never set up.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn make_link(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, staff]): Ids<2>,
    Creating(Kind(kind), key): Creating<Kind>,
) -> Result<Response> {
    let (id, staff, context) = (practice_id(id)?, staff_id(staff)?, admin.context());
    let once = hub.once(key, |link: &NewLink| kept(link_shown(link)));
    let draft = hub.new_staff_link(kind);
    let answer = hub
        .write(id, move |tx| {
            once.run(tx, |tx| {
                links::make(tx, &admin.operator, &context, id, staff, &draft)
            })
        })
        .await?;
    Ok(created(answer))
}

/// The live sessions of an account of staff
///
/// Where somebody is signed in, oldest first.
#[utoipa::path(
    get,
    path = "/staff/{staffId}/sessions",
    operation_id = "listStaffSessions",
    tag = "staff",
    responses(
        (status = 200, description = "The sessions, oldest first.", body = List<SessionView>),
    ),
)]
pub(super) async fn sessions(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    let all = hub.staff_sessions(&admin.operator, staff_id(id)?).await?;
    Ok(list_of(all.into_iter().map(|session: Session| {
        SessionView {
            session_id: session.session_id,
            created_at: session.created_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
        }
    })))
}

/// Ends all sessions of an account of staff
///
/// They have to sign in again everywhere.
#[utoipa::path(
    delete,
    path = "/staff/{staffId}/sessions",
    operation_id = "endStaffSessions",
    tag = "staff",
    responses(
        (status = 204, description = "They have ended."),
    ),
)]
pub(super) async fn end_sessions(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<StatusCode> {
    let (id, context) = (staff_id(id)?, admin.context());
    hub.end_staff_sessions(&admin.operator, context, id, None)
        .await?;
    Ok(no_content())
}

/// Ends a session of an account of staff
///
/// The others stay.
#[utoipa::path(
    delete,
    path = "/staff/{staffId}/sessions/{sessionId}",
    operation_id = "endStaffSession",
    tag = "staff",
    responses(
        (status = 204, description = "It has ended."),
    ),
)]
pub(super) async fn end_session(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, session]): Ids<2>,
) -> Result<StatusCode> {
    let (id, context) = (staff_id(id)?, admin.context());
    hub.end_staff_sessions(&admin.operator, context, id, Some(session))
        .await?;
    Ok(no_content())
}
