//! `/console/practices/new`: a practice is made.

use super::{HERE, PATH};
use crate::Web;
use crate::console::{Frame, Sent, SignedIn, once};
use crate::entered::{self, optional};
use crate::failure::Failure;
use crate::field::{Field, Line};
use crate::page::{personal, see_other, with_status};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use slotbridge_domain::patient::{self, STATES};
use slotbridge_hub::admin::practices::{self, Details, zone_name};
use slotbridge_hub::rows::Practice;

const LINES: [Line; 7] = [
    ("name", "Name", "", "off", "text", ""),
    (
        "timezone",
        "Time zone",
        "Its IANA name, such as Australia/Sydney or Australia/Perth. Once the practice has times, it is fixed.",
        "off",
        "text",
        "medium",
    ),
    ("address", "Street and number", "", "off", "text", ""),
    ("suburb", "Suburb or town", "", "off", "text", ""),
    ("postcode", "Postcode", "", "off", "numeric", "short"),
    ("phone", "Phone", "Patients see it.", "off", "tel", "medium"),
    (
        "email",
        "Email",
        "The practice is told there when its PMS does not answer. Patients don’t see it.",
        "off",
        "email",
        "",
    ),
];

#[derive(Template)]
#[template(path = "console/new.html")]
struct NewPage {
    frame: Frame,
    once: String,
    lines: [Field; 7],
    state: String,
    test: bool,
    auto_publish: bool,
}

impl NewPage {
    /// The form as it was filled in.
    fn filled<'t>(frame: Frame, once: String, text: impl Fn(&str) -> &'t str) -> Self {
        Self {
            frame,
            once,
            lines: LINES.map(|line| Field::new(line, text(line.0))),
            state: text("state").to_owned(),
            test: text("test") == "yes",
            auto_publish: text("autoPublish") == "yes",
        }
    }

    /// What was entered; what is wrong stands beside its field.
    fn details(&mut self) -> Details {
        let [name, timezone, address, suburb, postcode, phone, email] = &mut self.lines;
        let zone = |text: &str| {
            zone_name(text).map_err(|_| "Enter an IANA time zone, such as Australia/Sydney.")
        };
        Details {
            name: name.checked(entered::name),
            timezone: timezone.checked(zone),
            // What is not in the list cannot be chosen, and is none.
            state: Some(patient::state(&self.state).ok().map(str::to_owned)),
            address: address.checked(optional(entered::line)),
            suburb: suburb.checked(optional(entered::line)),
            postcode: postcode.checked(optional(patient::postcode)),
            phone: phone.checked(optional(patient::phone)),
            email: email.checked(optional(patient::email)),
            auto_publish: Some(self.auto_publish),
            ..Details::default()
        }
    }

    /// The fields with something wrong.
    fn errors(&self) -> impl Iterator<Item = &Field> {
        self.lines.iter().filter(|field| !field.error.is_empty())
    }
}

pub(crate) async fn show(State(web): State<Web>, by: SignedIn) -> Result<Response, Failure> {
    personal(&NewPage::filled(by.frame(HERE), once(&web), |_| ""))
}

/// Makes a practice, once for each form, and leads to it.
pub(crate) async fn create(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let number = sent.text("once").to_owned();
    let mut page = NewPage::filled(sent.by.frame(HERE), number, |name| sent.text(name));
    let details = page.details();
    if page.errors().next().is_some() {
        return with_status(StatusCode::BAD_REQUEST, &page);
    }
    let render = |practice: &Practice| json!(practice.practice_id.get());
    let made = web.hub.once(sent.once(), render);
    let (operator, context) = (sent.by.operator(), sent.by.context());
    match practices::create(&web.hub, &operator, context, details, page.test, made).await {
        Ok(id) => Ok(see_other(&format!("{PATH}/{id}"))),
        Err(error) => sent.refused(HERE, PATH, error),
    }
}
