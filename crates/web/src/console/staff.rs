//! `/console/staff`: accounts of practices' staff. Who they are stays sealed: one is found by the mail
//! address that its owner gives, which comes in a form and is shown nowhere.

use super::{Frame, Pager, Sent, SignedIn, ask, page_number, utc};
use crate::Web;
use crate::failure::Failure;
use crate::page::{id_in_path, personal, see_other};
use crate::query::Query;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_hub::Error;
use slotbridge_hub::rows::Session;
use slotbridge_hub::staff::accounts::{self, AccountView, Changes};
use slotbridge_hub::staff::links;

const HERE: &str = "staff";
const PATH: &str = "/console/staff";
const PER_PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "console/staff.html")]
struct StaffPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    id: i64,
    state: (&'static str, &'static str),
    made: String,
}

#[derive(Template)]
#[template(path = "console/account.html")]
struct AccountPage {
    frame: Frame,
    account: Row,
    active: bool,
    set_up: bool,
    practices: Vec<(i64, &'static str)>,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: i64,
    begun: String,
    used: String,
}

/// Whether an account can be signed in to.
pub(super) const fn state_of(account: &AccountView) -> (&'static str, &'static str) {
    match account.deactivated_at {
        Some(_) => ("off", "Locked"),
        None if !account.set_up => ("wait", "Not set up yet"),
        None => ("good", "Active"),
    }
}

/// What somebody is at a practice.
pub(super) const fn of_role(role: Role) -> &'static str {
    match role {
        Role::Manager => "Manager",
        Role::Receptionist => "Receptionist",
    }
}

fn row(account: &AccountView) -> Row {
    Row {
        id: account.staff_id.get(),
        made: utc(account.created_at),
        state: state_of(account),
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let (operator, number) = (by.operator(), page_number(&query));
    let window = Pager::window(number, PER_PAGE);
    let found = web
        .hub
        .read_global(move |tx| accounts::list(tx, &operator, window))
        .await?;
    personal(&StaffPage {
        frame: by.frame(HERE),
        rows: found.entries.iter().map(row).collect(),
        pager: Pager::new(PATH, &[], number, PER_PAGE, found.total),
    })
}

/// Finds an account by its mail address.
pub(crate) async fn find(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let (operator, email) = (sent.by.operator(), sent.text("email").to_owned());
    let found = web
        .hub
        .write_global(move |tx| accounts::find(tx, &operator, &email))
        .await;
    match found {
        Ok(id) => Ok(see_other(&format!("{PATH}/{id}"))),
        Err(error) => sent.refused(HERE, PATH, error),
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (id, operator) = (id_in_path(&id, StaffId::new)?, by.operator());
    let sessions = web.hub.staff_sessions(&operator, id).await?;
    let (account, practices) = web
        .hub
        .read_global(move |tx| accounts::get(tx, &operator, id))
        .await?;
    let role = |(practice, role): &(PracticeId, Role)| (practice.get(), of_role(*role));
    let session = |session: &Session| SessionRow {
        id: session.session_id,
        begun: utc(session.created_at),
        used: utc(session.last_seen_at),
    };
    personal(&AccountPage {
        frame: by.frame(HERE),
        account: row(&account),
        active: account.deactivated_at.is_none(),
        set_up: account.set_up,
        practices: practices.iter().map(role).collect(),
        sessions: sessions.iter().map(session).collect(),
    })
}

/// What is asked before, by what is done.
fn question(deed: &str) -> Option<(&'static str, &'static str, &'static str)> {
    match deed {
        "lock" => Some((
            "Lock this account?",
            "Its owner is signed out everywhere and cannot sign in, at any practice; links that were made \
             for it open nothing any more. You can unlock it at any time.",
            "Lock it",
        )),
        "endSessions" => Some((
            "End these sessions?",
            "Whoever is signed in there is signed out at once and loses what they have not sent. They \
             can sign in again.",
            "End the sessions",
        )),
        "newLink" => Some((
            "Make a new link?",
            "Whoever has the link can become the owner of this account. Links made before open nothing \
             any more. Be sure whom you give it to.",
            "Make the link",
        )),
        _ => None,
    }
}

async fn set_active(web: &Web, sent: &Sent, id: StaffId, active: bool) -> Result<(), Error> {
    let (operator, context) = (sent.by.operator(), sent.by.context());
    let changes = Changes {
        active: Some(active),
        ..Changes::default()
    };
    web.hub
        .write_global(move |tx| accounts::update(tx, &operator, &context, id, &changes).map(drop))
        .await
}

async fn new_link(
    web: &Web,
    sent: &Sent,
    id: StaffId,
    kind: LinkKind,
) -> Result<links::NewLink, Error> {
    let (operator, context) = (sent.by.operator(), sent.by.context());
    let of_read = operator.clone();
    let (_, practices) = web
        .hub
        .read_global(move |tx| accounts::get(tx, &of_read, id))
        .await?;
    let (practice, _) = practices
        .first()
        .ok_or(Error::NotFound("account of staff"))?;
    let (practice, draft) = (*practice, web.hub.new_staff_link(kind));
    web.hub
        .write(practice, move |tx| {
            links::make(tx, &operator, &context, practice, id, &draft)
        })
        .await
}

/// Locks or unlocks the account, ends sessions, or makes a link.
pub(crate) async fn change(
    State(web): State<Web>,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Failure> {
    let id = id_in_path(&id, StaffId::new)?;
    let back = format!("{PATH}/{id}");
    let deed = sent.text("deed");
    if let Some(question) = question(deed).filter(|_| !sent.is_sure()) {
        return ask::ask(&sent, HERE, question, &back);
    }
    let done = match deed {
        "lock" => set_active(&web, &sent, id, false).await,
        "unlock" => set_active(&web, &sent, id, true).await,
        "endSessions" => {
            let (operator, session) = (sent.by.operator(), sent.number("session"));
            let context = sent.by.context();
            web.hub
                .end_staff_sessions(&operator, context, id, session)
                .await
        }
        "newLink" => {
            let kind = LinkKind::from_name(sent.text("kind")).unwrap_or(LinkKind::SetUp);
            match new_link(&web, &sent, id, kind).await {
                Ok(link) => {
                    let until = utc(link.expires_at);
                    let link = (link.token.as_str(), until.as_str());
                    return reveal_link(&web, &headers, &sent, HERE, link, &back);
                }
                Err(error) => Err(error),
            }
        }
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    sent.done(HERE, &back, done)
}

/// Shows a link to an account this once: its token, and until when it can be used.
pub(super) fn reveal_link(
    web: &Web,
    headers: &HeaderMap,
    sent: &Sent,
    here: &'static str,
    (token, until): (&str, &str),
    back: &str,
) -> Result<Response, Failure> {
    let url = format!("{}/portal/open?token={token}", web.base(headers));
    let todo = format!(
        "It can be used once, until {until}. Give it to the owner of the account alone: whoever has it \
         can become them."
    );
    let words = ("The link is there", todo.as_str());
    let secrets = [("Link", "link")];
    ask::reveal(sent, here, words, &json!({"link": url}), &secrets, back)
}
