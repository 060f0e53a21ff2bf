//! `/portal/{practiceId}/times`: "why is this time not bookable?", answered by the rules that
//! decide.

use super::{Frame, Member, kinds, practitioners};
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use crate::when::When;
use crate::{Web, when};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::{Date, Time};
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_hub::admin::{bookability, catalogue};
use slotbridge_hub::{Error, zone};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "portal/times.html")]
struct TimesPage {
    frame: Frame,
    practitioners: Vec<Choice>,
    kinds: Vec<Choice>,
    day: String,
    time: String,
    answer: Option<Answer>,
    city: String,
}

/// Something to choose.
struct Choice {
    id: i64,
    name: String,
    chosen: bool,
}

struct Answer {
    when: When,
    reasons: Vec<String>,
}

/// What is asked, if all of it is said.
struct Asked {
    practitioner: PractitionerId,
    kind: AppointmentTypeId,
    day: Date,
    time: Time,
}

impl Asked {
    fn of(query: &Query) -> Option<Self> {
        Some(Self {
            practitioner: PractitionerId::new(query.get("practitioner")?)?,
            kind: AppointmentTypeId::new(query.get("type")?)?,
            day: query.get("day")?,
            time: query.get("time")?,
        })
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    member: Member,
    query: Query,
) -> Result<Response, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let asked = Asked::of(&query);
    let (who, kind): (Option<i64>, Option<i64>) = (query.get("practitioner"), query.get("type"));
    let (frame, today, who_is, what_is, answer) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let zone = zone::of(&frame.0)?;
            let all = catalogue::get(tx, &staff, id)?;
            let answer = match &asked {
                Some(asked) => {
                    let start = asked.day.to_datetime(asked.time).to_zoned(zone.clone());
                    let start = start.map_or(jiff::Timestamp::MAX, |at| at.timestamp());
                    let found =
                        bookability::get(tx, &staff, id, asked.practitioner, asked.kind, start)?;
                    Some((start, found.reasons))
                }
                None => None,
            };
            let today = zone::day(&zone, tx.now());
            Ok::<_, Error>((frame, today, practitioners(&all), kinds(&all), answer))
        })
        .await?;
    let zone = zone::of(&frame.0)?;
    let choices = |names: HashMap<i64, String>, chosen: Option<i64>| {
        let mut all: Vec<Choice> = names
            .into_iter()
            .map(|(id, name)| Choice {
                id,
                name,
                chosen: chosen == Some(id),
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    };
    let page = TimesPage {
        practitioners: choices(who_is, who),
        kinds: choices(what_is, kind),
        day: query
            .text("day")
            .map_or_else(|| today.to_string(), str::to_owned),
        time: query.text("time").unwrap_or("09:00").to_owned(),
        answer: answer.map(|(start, reasons)| Answer {
            when: When::new(&zone, start),
            reasons: reasons.into_iter().map(crate::failure::sentence).collect(),
        }),
        city: when::city(&frame.0.timezone),
        frame: Frame::new(&member, &frame.0, frame.1, "times"),
    };
    personal(&page)
}
