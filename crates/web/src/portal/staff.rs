//! `/portal/{practiceId}/staff`: who works at the practice, as what, and the links that open their
//! accounts. A link goes out by mail; where that is not possible it is shown once.

use super::{Frame, Member, Sent};
use crate::Web;
use crate::entered;
use crate::failure::{Failure, sentence};
use crate::form::fresh;
use crate::page::{personal, see_other, with_status};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::ids::StaffId;
use slotbridge_domain::patient;
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_hub::staff::links::NewLink;
use slotbridge_hub::staff::{Person, accounts, invitations};
use slotbridge_hub::{Error, Once};

#[derive(Template)]
#[template(path = "portal/staff.html")]
struct StaffPage {
    frame: Frame,
    all: Vec<OnStaff>,
    entered: Entered,
    /// Why nothing was changed.
    refused: String,
    /// Who shall be on the staff no more: it is asked once more.
    asks: Option<(i64, String)>,
    /// For whom a link was made.
    made: Option<Made>,
    /// The number of the forms that make a link.
    once: String,
}

/// Somebody on the staff.
struct OnStaff {
    id: i64,
    name: String,
    email: String,
    manager: bool,
    set_up: bool,
    /// Whether it is whoever looks.
    own: bool,
}

/// Who is to be taken on, with what is wrong.
#[derive(Default)]
struct Entered {
    name: String,
    name_error: String,
    email: String,
    email_error: String,
    manager: bool,
}

impl Entered {
    fn is_wrong(&self) -> bool {
        !self.name_error.is_empty() || !self.email_error.is_empty()
    }

    fn role(&self) -> Role {
        if self.manager {
            Role::Manager
        } else {
            Role::Receptionist
        }
    }

    /// What a form says, checked; the person if all of it is right.
    fn read(sent: &Sent) -> (Self, Option<Person>) {
        let name = entered::name(sent.text("name"));
        let email = patient::email(sent.text("email"));
        let error = |why: &Result<String, &'static str>| match why {
            Ok(_) => String::new(),
            Err(why) => (*why).to_owned(),
        };
        let entered = Self {
            name: sent.text("name").to_owned(),
            name_error: error(&name),
            email: sent.text("email").to_owned(),
            email_error: error(&email),
            manager: sent.text("role") == Role::Manager.as_str(),
        };
        let person = name.ok().zip(email.ok());
        (entered, person.map(|(name, email)| Person { name, email }))
    }
}

struct Made {
    email: String,
    /// The link to be handed over, if it did not go out by mail.
    link: Option<String>,
}

async fn page(web: &Web, member: &Member) -> Result<StaffPage, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let (frame, all) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            Ok::<_, Error>((frame, accounts::of_practice(tx, &staff, id)?))
        })
        .await?;
    let own = member.staff.staff_id();
    Ok(StaffPage {
        all: all
            .into_iter()
            .map(|(account, role)| OnStaff {
                id: account.staff_id.get(),
                name: account.person.name,
                email: account.person.email,
                manager: role == Role::Manager,
                set_up: account.set_up,
                own: account.staff_id == own,
            })
            .collect(),
        entered: Entered::default(),
        refused: String::new(),
        asks: None,
        made: None,
        once: fresh(web),
        frame: Frame::new(member, &frame.0, frame.1, "staff"),
    })
}

pub(crate) async fn show(State(web): State<Web>, member: Member) -> Result<Response, Failure> {
    personal(&page(&web, &member).await?)
}

/// Takes somebody on, sends a link, changes a role, or ends somebody's work here, which asks first.
pub(crate) async fn change(
    State(web): State<Web>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Failure> {
    let base = web.base(&headers);
    if sent.text("deed") == "takeOn" {
        return take_on(&web, &sent, &base).await;
    }
    let page = page(&web, &sent.who).await?;
    let asked: Option<i64> = sent.get("staff");
    let one = page.all.iter().find(|one| Some(one.id) == asked);
    let (id, name, email) = match (one, asked.and_then(StaffId::new)) {
        (Some(one), Some(id)) => (id, one.name.clone(), one.email.clone()),
        // Pressed twice: they are gone already.
        (None, Some(_)) if sent.text("deed") == "remove" => return personal(&page),
        _ => return Err(Failure::no_page()),
    };
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let at = staff.practice_id();
    let done = match sent.text("deed") {
        "setUp" => return send(&web, &sent, (id, email, &base), LinkKind::SetUp).await,
        "password" => return send(&web, &sent, (id, email, &base), LinkKind::Password).await,
        "remove" if sent.text("sure") != "yes" => {
            let asks = Some((id.get(), name));
            return personal(&StaffPage { asks, ..page });
        }
        "remove" => {
            let remove = web
                .hub
                .write(at, move |tx| accounts::remove(tx, &staff, &context, at, id));
            remove.await
        }
        "role" => {
            let role = Role::from_name(sent.text("role"));
            let role = role.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
            let set = web.hub.write(at, move |tx| {
                accounts::set_role(tx, &staff, &context, at, id, role)
            });
            set.await
        }
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/portal/{at}/staff"))),
        Err(Error::Conflict(why)) => refused(page, &why),
        Err(error) => Err(error.into()),
    }
}

fn refused(page: StaffPage, why: &str) -> Result<Response, Failure> {
    let refused = sentence(why);
    with_status(StatusCode::CONFLICT, &StaffPage { refused, ..page })
}

/// How a link is given, once for each form: nothing if it went out by mail.
fn once(web: &Web, sent: &Sent, body: &str) -> Result<Once<Option<NewLink>>, Failure> {
    let key = sent.once("staffLink", &sent.who.staff, body)?;
    let render = |link: &Option<NewLink>| json!(link.as_ref().map(|link| &link.token));
    Ok(web.hub.once(Some(key), render))
}

async fn made(
    web: &Web,
    sent: &Sent,
    (email, base): (String, &str),
    token: &Value,
) -> Result<Response, Failure> {
    let link = token.as_str();
    let link = link.map(|token| format!("{base}/portal/open?token={token}"));
    personal(&StaffPage {
        made: Some(Made { email, link }),
        ..page(web, &sent.who).await?
    })
}

async fn take_on(web: &Web, sent: &Sent, base: &str) -> Result<Response, Failure> {
    let (mut entered, person) = Entered::read(sent);
    let Some(person) = person else {
        let page = StaffPage {
            entered,
            ..page(web, &sent.who).await?
        };
        return with_status(StatusCode::BAD_REQUEST, &page);
    };
    let role = entered.role();
    let body = format!("{} {} {}", person.name, person.email, role.as_str());
    let once = once(web, sent, &body)?;
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let (at, to) = (staff.practice_id(), person.email.clone());
    let draft = web.hub.new_staff_link(LinkKind::SetUp);
    let mailing = web.hub.staff_mailing();
    let taken_on = web.hub.write(at, move |tx| {
        once.run(tx, |tx| {
            let new = (&person, role);
            invitations::take_on(tx, &staff, &context, at, new, &draft, &mailing)
        })
    });
    match taken_on.await {
        Ok(token) => made(web, sent, (to, base), &token).await,
        Err(Error::Conflict(why)) => {
            entered.email_error = sentence(&why);
            let page = StaffPage {
                entered,
                ..page(web, &sent.who).await?
            };
            with_status(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn send(
    web: &Web,
    sent: &Sent,
    (id, email, base): (StaffId, String, &str),
    kind: LinkKind,
) -> Result<Response, Failure> {
    let once = once(web, sent, &format!("{id} {}", kind.as_str()))?;
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let at = staff.practice_id();
    let (draft, mailing) = (web.hub.new_staff_link(kind), web.hub.staff_mailing());
    let made_it = web.hub.write(at, move |tx| {
        once.run(tx, |tx| {
            invitations::send(tx, &staff, &context, (at, id), &draft, &mailing)
        })
    });
    match made_it.await {
        Ok(token) => made(web, sent, (email, base), &token).await,
        Err(Error::Conflict(why) | Error::Forbidden(why)) => {
            refused(page(web, &sent.who).await?, &why)
        }
        Err(error) => Err(error.into()),
    }
}
