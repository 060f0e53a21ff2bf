//! `/bookings/lost`: the links of a practice's bookings are sent again to the address on them. What
//! is said is the same whether there are any.

use crate::failure::{Failure, sentence};
use crate::form::{Form, Token};
use crate::practice::practice_id;
use crate::query::Query;
use crate::{Web, page};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::booking::manage_link::{self, LostLink};
use slotbridge_hub::booking::practices;
use slotbridge_hub::{Error, Fault};

#[derive(Template)]
#[template(path = "lost.html")]
struct LostPage<'a> {
    /// The practice; without one it is to be found first.
    practice: Option<(PracticeId, String)>,
    email: &'a str,
    email_error: String,
    phone: &'a str,
    phone_error: String,
    sent: bool,
    token: &'a str,
}

impl<'a> LostPage<'a> {
    fn new(practice: Option<(PracticeId, String)>, token: &'a Token) -> Self {
        Self {
            practice,
            email: "",
            email_error: String::new(),
            phone: "",
            phone_error: String::new(),
            sent: false,
            token: token.value(),
        }
    }
}

async fn named(web: &Web, id: PracticeId) -> Result<(PracticeId, String), Failure> {
    let found = web.hub.read(id, move |tx| practices::get(tx, id)).await?;
    Ok((id, found.practice.name))
}

/// Asks by what the bookings are found.
pub(crate) async fn show(
    State(web): State<Web>,
    query: Query,
    token: Token,
) -> Result<Response, Failure> {
    let practice = match query.text("practice") {
        Some(text) => Some(named(&web, practice_id(text)?).await?),
        None => None,
    };
    let shown = page::personal(&LostPage::new(practice, &token))?;
    Ok(token.keep(&web, shown))
}

/// Has the links sent.
pub(crate) async fn send(State(web): State<Web>, form: Form) -> Result<Response, Failure> {
    let id = practice_id(form.text("practice"))?;
    let practice = Some(named(&web, id).await?);
    let lost = LostLink {
        email: form.text("email").to_owned(),
        dob: None,
        phone: Some(form.text("phone").to_owned()),
    };
    let shown = LostPage {
        email: form.text("email"),
        phone: form.text("phone"),
        ..LostPage::new(practice, &form.token)
    };
    match manage_link::request(&web.hub, id, lost).await {
        Ok(()) => page::personal(&LostPage {
            sent: true,
            ..shown
        }),
        Err(Error::Invalid(faults)) => {
            let error = |name: &str| {
                let fault = faults.iter().find(|fault: &&Fault| fault.field == name);
                fault.map_or_else(String::new, |fault| sentence(&fault.message))
            };
            let shown = LostPage {
                email_error: error("email"),
                phone_error: error("phone"),
                ..shown
            };
            page::with_status(StatusCode::BAD_REQUEST, &shown)
        }
        Err(error) => Err(error.into()),
    }
}
