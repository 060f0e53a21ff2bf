//! `/practices/{practiceId}`: who can be booked there, and a week of times.

mod week;

pub(crate) use week::Week;

use crate::failure::Failure;
use crate::form::Token;
use crate::query::Query;
use crate::search::{capitalised, place};
use crate::{Web, page, wanted, when};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_hub::booking::practices::{self, PracticePage};
use slotbridge_hub::booking::slots::{self, BookableSlot, SlotSearch};
use slotbridge_hub::rows::Practice;
use slotbridge_hub::{Error, zone};
use std::str::FromStr;

/// How many days ahead a time is looked for when a week has none.
const LOOK_AHEAD: i64 = 30;

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticeTemplate<'a> {
    practice: &'a Practice,
    place: String,
    specialties: String,
    city: String,
    types: Vec<Choice>,
    practitioners: Vec<Choice>,
    week: Week,
    people: Vec<Person>,
    /// How many times there are in the week.
    slots: usize,
    /// The next day with a time, if the week has none.
    next_free: Option<(String, String)>,
    token: &'a str,
}

/// Something to choose: a link.
struct Choice {
    name: String,
    /// Said beside the name.
    more: String,
    url: String,
    chosen: bool,
}

/// Somebody with the times of the week.
struct Person {
    id: i64,
    name: String,
    days: Vec<Day>,
    free: usize,
}

/// A day's times.
struct Day {
    /// `Tue 24 Nov`.
    short: String,
    times: Vec<Time>,
}

/// A time to be taken.
struct Time {
    code: String,
    label: String,
}

/// What is asked of the page.
#[derive(Clone, Copy)]
struct Asked {
    practice: PracticeId,
    kind: Option<AppointmentTypeId>,
    practitioner: Option<PractitionerId>,
    from: Option<Date>,
}

/// The practice that a path names.
pub(crate) fn practice_id(text: &str) -> Result<PracticeId, Failure> {
    let id = text.parse().ok().and_then(PracticeId::new);
    id.ok_or_else(Failure::no_page)
}

fn id<T>(query: &Query, name: &str, new: fn(i64) -> Option<T>) -> Option<T> {
    query
        .text(name)
        .and_then(|text| i64::from_str(text).ok())
        .and_then(new)
}

/// What the hub says.
struct Seen {
    page: PracticePage,
    kind: Option<AppointmentTypeId>,
    week: Week,
    today: Date,
    slots: Vec<BookableSlot>,
    next_free: Option<BookableSlot>,
    zone: jiff::tz::TimeZone,
}

pub(crate) async fn show(
    State(web): State<Web>,
    Path(practice): Path<String>,
    query: Query,
    token: Token,
) -> Result<Response, Failure> {
    let asked = Asked {
        practice: practice_id(&practice)?,
        kind: id(&query, "type", AppointmentTypeId::new),
        practitioner: id(&query, "practitioner", PractitionerId::new),
        from: query.get("from"),
    };
    let seen = web
        .hub
        .read(asked.practice, move |tx| {
            let page = practices::get(tx, asked.practice)?;
            let zone = zone::of(&page.practice)?;
            let today = zone::day(&zone, tx.now());
            let week = Week::of(asked.from, today);
            let kind = chosen_type(&page, &asked);
            let mut search = SlotSearch {
                from: week.first(),
                to: week.last(),
                practitioner_id: asked.practitioner,
                appointment_type_id: kind,
            };
            let (slots, _) = slots::search(tx, asked.practice, &search)?;
            let mut next_free = None;
            if let (true, Some(from)) = (slots.is_empty(), zone::plus_days(week.last(), 1)) {
                search.from = from;
                search.to = zone::plus_days(from, LOOK_AHEAD - 1).unwrap_or(from);
                next_free = slots::search(tx, asked.practice, &search)?
                    .0
                    .first()
                    .copied();
            }
            Ok::<_, Error>(Seen {
                page,
                kind,
                week,
                today,
                slots,
                next_free,
                zone,
            })
        })
        .await?;
    let practice = &seen.page.practice;
    let url = |kind, practitioner, from| address(asked.practice, kind, practitioner, from);
    let shown = PracticeTemplate {
        practice,
        place: place(practice),
        specialties: capitalised(&practice.specialties.join(", ")),
        city: when::city(&practice.timezone),
        types: types(&seen, &asked),
        practitioners: practitioners(&seen, &asked),
        people: people(&seen, &asked),
        slots: seen.slots.len(),
        next_free: seen.next_free.map(|slot| {
            let day = zone::day(&seen.zone, slot.start);
            let url = url(seen.kind, asked.practitioner, Some(day));
            (when::day(day, seen.today), url)
        }),
        week: seen
            .week
            .with_links(|from| url(seen.kind, asked.practitioner, Some(from))),
        token: token.value(),
    };
    let shown = page::public(&shown)?;
    Ok(token.keep(&web, shown))
}

/// The page's URL with these choices.
pub(crate) fn address(
    practice: PracticeId,
    kind: Option<AppointmentTypeId>,
    practitioner: Option<PractitionerId>,
    from: Option<Date>,
) -> String {
    let mut url = form_urlencoded::Serializer::new(format!("/practices/{practice}?"));
    if let Some(kind) = kind {
        url.append_pair("type", &kind.to_string());
    }
    if let Some(practitioner) = practitioner {
        url.append_pair("practitioner", &practitioner.to_string());
    }
    if let Some(from) = from {
        url.append_pair("from", &from.to_string());
    }
    url.finish().trim_end_matches('?').to_owned()
}

/// The type that is asked for, if somebody offers it, or else the first.
fn chosen_type(page: &PracticePage, asked: &Asked) -> Option<AppointmentTypeId> {
    let mut offered = offered(page, asked.practitioner);
    let first = offered.next();
    let asked = asked.kind.filter(|kind| {
        first.is_some_and(|(id, _, _)| id == *kind) || offered.any(|(id, _, _)| id == *kind)
    });
    asked.or(first.map(|(id, _, _)| id))
}

/// What can be booked, with that practitioner if one is named.
fn offered(
    page: &PracticePage,
    practitioner: Option<PractitionerId>,
) -> impl Iterator<Item = (AppointmentTypeId, &str, Option<i64>)> {
    page.practitioners
        .iter()
        .filter(move |(who, _)| practitioner.is_none_or(|id| id == who.practitioner_id))
        .flat_map(|(_, types)| types)
        .map(|kind| {
            (
                kind.appointment_type_id,
                kind.name.as_str(),
                kind.length_minutes,
            )
        })
}

fn types(seen: &Seen, asked: &Asked) -> Vec<Choice> {
    let mut ids = Vec::new();
    let mut choices = Vec::new();
    for (id, name, minutes) in offered(&seen.page, asked.practitioner) {
        if ids.contains(&id) {
            continue;
        }
        ids.push(id);
        choices.push(Choice {
            name: name.to_owned(),
            more: minutes.map_or_else(String::new, |minutes| format!("{minutes} min")),
            url: address(asked.practice, Some(id), asked.practitioner, asked.from),
            chosen: seen.kind == Some(id),
        });
    }
    choices
}

/// Everybody, and each alone; nothing if there is no choice.
fn practitioners(seen: &Seen, asked: &Asked) -> Vec<Choice> {
    let all = &seen.page.practitioners;
    if all.len() < 2 {
        return Vec::new();
    }
    let choice = |name: &str, id: Option<PractitionerId>| Choice {
        name: name.to_owned(),
        more: String::new(),
        url: address(asked.practice, seen.kind, id, asked.from),
        chosen: asked.practitioner == id,
    };
    let each = all
        .iter()
        .map(|(who, _)| choice(&who.name, Some(who.practitioner_id)));
    std::iter::once(choice("Anyone", None))
        .chain(each)
        .collect()
}

/// Who offers the chosen type, each with the times of the week.
fn people(seen: &Seen, asked: &Asked) -> Vec<Person> {
    let offers = |types: &[practices::OfferedType]| {
        types
            .iter()
            .any(|kind| Some(kind.appointment_type_id) == seen.kind)
    };
    seen.page
        .practitioners
        .iter()
        .filter(|(who, _)| {
            asked
                .practitioner
                .is_none_or(|id| id == who.practitioner_id)
        })
        .filter(|(_, types)| offers(types))
        .map(|(who, _)| {
            let own = |slot: &&BookableSlot| slot.practitioner_id == who.practitioner_id;
            let mut days: Vec<Day> = seen
                .week
                .days()
                .map(|day| Day {
                    short: when::short_day(day),
                    times: Vec::new(),
                })
                .collect();
            let mut free = 0;
            for slot in seen.slots.iter().filter(own) {
                let local = zone::local(&seen.zone, slot.start);
                let at = seen.week.days().position(|day| day == local.date());
                if let Some(day) = at.and_then(|at| days.get_mut(at)) {
                    free += 1;
                    day.times.push(Time {
                        code: wanted::code(slot),
                        label: when::time(local),
                    });
                }
            }
            Person {
                id: who.practitioner_id.get(),
                name: who.name.clone(),
                days,
                free,
            }
        })
        .collect()
}
