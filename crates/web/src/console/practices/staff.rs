//! `/console/practices/{practiceId}/staff`: somebody is taken on, which a practice without a
//! manager cannot do itself. Who is on the staff is told by number: names are sealed and the
//! practice's.

use super::{HERE, PATH};
use crate::Web;
use crate::console::staff::{of_role, reveal_link, state_of};
use crate::console::{Frame, Sent, SignedIn, once, utc};
use crate::entered;
use crate::failure::{Failure, sentence};
use crate::field::{Field, Line};
use crate::page::{personal, see_other, with_status};
use crate::practice::practice_id;
use crate::query::Query;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::patient;
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_hub::Error;
use slotbridge_hub::admin::practices;
use slotbridge_hub::rows::Tx;
use slotbridge_hub::staff::Person;
use slotbridge_hub::staff::accounts::{self, Added};

const LINES: [Line; 2] = [
    ("name", "Name", "", "off", "text", ""),
    (
        "email",
        "Email",
        "They sign in with it. An address that has an account keeps it, and works here too.",
        "off",
        "email",
        "",
    ),
];

#[derive(Template)]
#[template(path = "console/practice_staff.html")]
struct PracticeStaffPage {
    frame: Frame,
    id: i64,
    practice: String,
    rows: Vec<Row>,
    /// Somebody was taken on who has an account.
    known: bool,
    lines: [Field; 2],
    manager: bool,
    once: String,
}

/// An account: its number, what it is here, its state.
struct Row {
    id: i64,
    role: &'static str,
    state: (&'static str, &'static str),
}

impl PracticeStaffPage {
    /// The fields with something wrong.
    fn errors(&self) -> impl Iterator<Item = &Field> {
        self.lines.iter().filter(|field| !field.error.is_empty())
    }
}

async fn page(web: &Web, by: &SignedIn, id: PracticeId) -> Result<PracticeStaffPage, Failure> {
    let operator = by.operator();
    let read = move |tx: &mut Tx<'_>| {
        let practice = practices::get(tx, &operator, id)?;
        Ok::<_, Error>((practice, accounts::of_practice(tx, &operator, id)?))
    };
    let (practice, all) = web.hub.read(id, read).await?;
    Ok(PracticeStaffPage {
        frame: by.frame(HERE),
        id: id.get(),
        practice: practice.name,
        known: false,
        lines: LINES.map(|line| Field::new(line, "")),
        // Only a manager can take the others on.
        manager: !all.iter().any(|(_, role)| *role == Role::Manager),
        rows: all
            .iter()
            .map(|(account, role)| Row {
                id: account.staff_id.get(),
                role: of_role(*role),
                state: state_of(account),
            })
            .collect(),
        once: once(web),
    })
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Failure> {
    personal(&PracticeStaffPage {
        known: query.text("known").is_some(),
        ..page(&web, &by, practice_id(&id)?).await?
    })
}

/// Takes somebody on, once for each form, and shows the link to a new account this once.
pub(crate) async fn take_on(
    State(web): State<Web>,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Failure> {
    let id = practice_id(&id)?;
    let mut page = page(&web, &sent.by, id).await?;
    page.lines = LINES.map(|line| Field::new(line, sent.text(line.0)));
    let role = Role::from_name(sent.text("role"));
    let role = role.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
    page.manager = role == Role::Manager;
    let [name, email] = &mut page.lines;
    let person = name
        .checked(entered::name)
        .zip(email.checked(patient::email));
    let person = match (person, page.errors().next()) {
        (Some((name, email)), None) => Person { name, email },
        _ => return with_status(StatusCode::BAD_REQUEST, &page),
    };
    let render = |Added { link, .. }: &Added| {
        json!(
            link.as_ref()
                .map(|link| { json!({"token": link.token, "until": utc(link.expires_at)}) })
        )
    };
    let once = web.hub.once(sent.once(), render);
    let (operator, context) = (sent.by.operator(), sent.by.context());
    let draft = web.hub.new_staff_link(LinkKind::SetUp);
    let added = web.hub.write(id, move |tx| {
        once.run(tx, |tx| {
            accounts::add(tx, &operator, &context, id, &person, role, &draft)
        })
    });
    let back = format!("{PATH}/{id}/staff");
    match added.await {
        Ok(Value::Null) => Ok(see_other(&format!("{back}?known=yes"))),
        Ok(link) => {
            let text = |name: &str| link.get(name).and_then(Value::as_str).unwrap_or_default();
            let link = (text("token"), text("until"));
            reveal_link(&web, &headers, &sent, HERE, link, &back)
        }
        Err(Error::Conflict(why)) => {
            let [_, email] = &mut page.lines;
            email.error = sentence(&why);
            with_status(StatusCode::CONFLICT, &page)
        }
        Err(error) => sent.refused(HERE, &back, error),
    }
}
