//! `/portal/{practiceId}/settings`: how the practice works, how patients reach it, and its own
//! public holidays.

mod details;

use self::details::Settings;
use super::{Frame, Member, Sent};
use crate::entered;
use crate::failure::{Failure, sentence};
use crate::page::{personal, see_other, with_status};
use crate::query::Query;
use crate::{Web, when};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use slotbridge_domain::patient::STATES;
use slotbridge_hub::Error;
use slotbridge_hub::admin::health::{self, Holiday};
use slotbridge_hub::admin::practices;

#[derive(Template)]
#[template(path = "portal/settings.html")]
struct SettingsPage {
    frame: Frame,
    saved: bool,
    settings: Settings,
    city: String,
    holidays: Vec<Day>,
    new: NewHoliday,
}

/// A holiday as it is shown.
struct Day {
    date: Date,
    shown: String,
    name: String,
}

/// A holiday that is entered, with what is wrong.
#[derive(Default)]
struct NewHoliday {
    date: String,
    name: String,
    date_error: &'static str,
    name_error: String,
}

impl NewHoliday {
    fn is_wrong(&self) -> bool {
        !self.date_error.is_empty() || !self.name_error.is_empty()
    }

    /// The holiday, if it is one.
    fn read(sent: &Sent) -> Result<Holiday, Self> {
        let (date, name) = (sent.get("date"), entered::name(sent.text("name")));
        match (date, name) {
            (Some(date), Ok(name)) => Ok(Holiday { date, name }),
            (date, name) => Err(Self {
                date: sent.text("date").to_owned(),
                name: sent.text("name").to_owned(),
                date_error: match date {
                    Some(_) => "",
                    None => "Choose a day.",
                },
                name_error: name.err().unwrap_or_default().to_owned(),
            }),
        }
    }
}

async fn page(web: &Web, member: &Member) -> Result<SettingsPage, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let (frame, holidays) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            Ok::<_, Error>((frame, health::holidays(tx, &staff, id)?))
        })
        .await?;
    let day = |holiday: Holiday| Day {
        shown: holiday.date.strftime("%A %-d %B %Y").to_string(),
        date: holiday.date,
        name: holiday.name,
    };
    Ok(SettingsPage {
        saved: false,
        settings: Settings::of(&frame.0),
        city: when::city(&frame.0.timezone),
        holidays: holidays.into_iter().map(day).collect(),
        new: NewHoliday::default(),
        frame: Frame::new(member, &frame.0, frame.1, "settings"),
    })
}

pub(crate) async fn show(
    State(web): State<Web>,
    member: Member,
    query: Query,
) -> Result<Response, Failure> {
    personal(&SettingsPage {
        saved: query.text("saved").is_some(),
        ..page(&web, &member).await?
    })
}

/// Changes the settings, or adds or removes a public holiday.
pub(crate) async fn change(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    match sent.text("deed") {
        "settings" => save(&web, &sent).await,
        "addHoliday" => add_holiday(&web, &sent).await,
        "removeHoliday" => remove_holiday(&web, &sent).await,
        _ => Err(Failure::new(StatusCode::BAD_REQUEST)),
    }
}

fn done(sent: &Sent) -> Response {
    let practice = sent.who.staff.practice_id();
    see_other(&format!("/portal/{practice}/settings?saved=yes"))
}

async fn save(web: &Web, sent: &Sent) -> Result<Response, Failure> {
    let details = match Settings::read(sent) {
        Ok(details) => details,
        Err(settings) => {
            let page = SettingsPage {
                settings: *settings,
                ..page(web, &sent.who).await?
            };
            return with_status(StatusCode::BAD_REQUEST, &page);
        }
    };
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let id = staff.practice_id();
    web.hub
        .write(id, move |tx| {
            practices::update(tx, &staff, &context, id, details.clone())
        })
        .await?;
    Ok(done(sent))
}

async fn add_holiday(web: &Web, sent: &Sent) -> Result<Response, Failure> {
    let holiday = match NewHoliday::read(sent) {
        Ok(holiday) => holiday,
        Err(new) => return wrong_holiday(web, sent, new).await,
    };
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let (id, new) = (staff.practice_id(), holiday.clone());
    let added = web.hub.write(id, move |tx| {
        health::add_holiday(tx, &staff, &context, id, new.clone())
    });
    match added.await {
        Ok(()) => Ok(done(sent)),
        Err(Error::Conflict(why)) => {
            let new = NewHoliday {
                date: holiday.date.to_string(),
                name: holiday.name,
                date_error: "",
                name_error: sentence(&why),
            };
            wrong_holiday(web, sent, new).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn wrong_holiday(web: &Web, sent: &Sent, new: NewHoliday) -> Result<Response, Failure> {
    let page = SettingsPage {
        new,
        ..page(web, &sent.who).await?
    };
    with_status(StatusCode::BAD_REQUEST, &page)
}

async fn remove_holiday(web: &Web, sent: &Sent) -> Result<Response, Failure> {
    let date: Option<Date> = sent.get("date");
    let date = date.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let id = staff.practice_id();
    web.hub
        .write(id, move |tx| {
            health::remove_holiday(tx, &staff, &context, id, date)
        })
        .await?;
    Ok(done(sent))
}
