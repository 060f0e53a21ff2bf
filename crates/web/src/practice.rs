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
use jiff::tz::TimeZone;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_hub::booking::practices::{self, PracticePage};
use slotbridge_hub::booking::slots::{BookableSlot, SlotSearch};
use slotbridge_hub::rows::Practice;
use slotbridge_hub::{Hub, zone};
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
pub(crate) struct Choice {
    pub(crate) name: String,
    /// Said beside the name.
    more: String,
    pub(crate) url: String,
    pub(crate) chosen: bool,
}

/// Somebody with the times of the week.
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) days: Vec<Day>,
    pub(crate) free: usize,
}

/// A day's times.
pub(crate) struct Day {
    /// `Tue 24 Nov`.
    pub(crate) short: String,
    pub(crate) times: Vec<Time>,
}

/// A time to be taken.
pub(crate) struct Time {
    pub(crate) code: String,
    pub(crate) label: String,
}

/// The free times of a week.
pub(crate) struct Times {
    pub(crate) zone: TimeZone,
    pub(crate) week: Week,
    pub(crate) kind: Option<AppointmentTypeId>,
    pub(crate) practitioner: Option<PractitionerId>,
    pub(crate) slots: Vec<BookableSlot>,
    /// The first after the week, if the week has none.
    pub(crate) next_free: Option<BookableSlot>,
}

impl Times {
    /// Looks for them.
    ///
    /// # Errors
    /// The hub's.
    pub(crate) async fn find(
        hub: &Hub,
        page: &PracticePage,
        from: Option<Date>,
        kind: Option<AppointmentTypeId>,
        practitioner: Option<PractitionerId>,
    ) -> slotbridge_hub::Result<Self> {
        let id = page.practice.practice_id;
        let zone = page.zone.clone();
        let week = Week::of(from, zone::day(&zone, hub.now()));
        let mut search = SlotSearch {
            from: week.first(),
            to: week.last(),
            practitioner_id: practitioner,
            appointment_type_id: kind,
        };
        let (slots, _) = hub.slots(id, search).await?;
        let mut next_free = None;
        if let (true, Some(from)) = (slots.is_empty(), zone::plus_days(week.last(), 1)) {
            search.from = from;
            search.to = zone::plus_days(from, LOOK_AHEAD - 1).unwrap_or(from);
            next_free = hub.slots(id, search).await?.0.first().copied();
        }
        Ok(Self {
            zone,
            week,
            kind,
            practitioner,
            slots,
            next_free,
        })
    }

    /// The day of the next free time in words, and its page.
    pub(crate) fn next(&self, url: impl Fn(Date) -> String) -> Option<(String, String)> {
        let day = zone::day(&self.zone, self.next_free?.start);
        Some((when::day(day, self.week.today()), url(day)))
    }
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
    page::id_in_path(text, PracticeId::new)
}

fn id<T>(query: &Query, name: &str, new: fn(i64) -> Option<T>) -> Option<T> {
    query
        .text(name)
        .and_then(|text| i64::from_str(text).ok())
        .and_then(new)
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
    let seen = web.hub.practice_page(asked.practice).await?;
    let kind = chosen_type(&seen, &asked);
    let times = Times::find(&web.hub, &seen, asked.from, kind, asked.practitioner).await?;
    let practice = &seen.practice;
    let url = |kind, practitioner, from| address(asked.practice, kind, practitioner, from);
    let of_week = |from| url(times.kind, asked.practitioner, Some(from));
    let shown = PracticeTemplate {
        practice,
        place: place(practice),
        specialties: capitalised(&practice.specialties.join(", ")),
        city: when::city(&practice.timezone),
        types: types(&seen, times.kind, &asked),
        practitioners: practitioners(&seen, asked.practitioner, |practitioner| {
            url(times.kind, practitioner, asked.from)
        }),
        people: people(&seen, &times),
        slots: times.slots.len(),
        next_free: times.next(of_week),
        week: times.week.with_links(of_week),
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

fn types(page: &PracticePage, chosen: Option<AppointmentTypeId>, asked: &Asked) -> Vec<Choice> {
    let mut ids = Vec::new();
    let mut choices = Vec::new();
    for (id, name, minutes) in offered(page, asked.practitioner) {
        if ids.contains(&id) {
            continue;
        }
        ids.push(id);
        choices.push(Choice {
            name: name.to_owned(),
            more: minutes.map_or_else(String::new, |minutes| format!("{minutes} min")),
            url: address(asked.practice, Some(id), asked.practitioner, asked.from),
            chosen: chosen == Some(id),
        });
    }
    choices
}

/// Everybody, and each alone; nothing if there is no choice.
pub(crate) fn practitioners(
    page: &PracticePage,
    chosen: Option<PractitionerId>,
    url: impl Fn(Option<PractitionerId>) -> String,
) -> Vec<Choice> {
    let all = &page.practitioners;
    if all.len() < 2 {
        return Vec::new();
    }
    let choice = |name: &str, id: Option<PractitionerId>| Choice {
        name: name.to_owned(),
        more: String::new(),
        url: url(id),
        chosen: chosen == id,
    };
    let each = all
        .iter()
        .map(|(who, _)| choice(&who.name, Some(who.practitioner_id)));
    std::iter::once(choice("Anyone", None))
        .chain(each)
        .collect()
}

/// Who offers the type, each with the times of the week.
pub(crate) fn people(page: &PracticePage, times: &Times) -> Vec<Person> {
    let offers = |types: &[practices::OfferedType]| {
        types
            .iter()
            .any(|kind| Some(kind.appointment_type_id) == times.kind)
    };
    page.practitioners
        .iter()
        .filter(|(who, _)| {
            times
                .practitioner
                .is_none_or(|id| id == who.practitioner_id)
        })
        .filter(|(_, types)| offers(types))
        .map(|(who, _)| {
            let own = |slot: &&BookableSlot| slot.practitioner_id == who.practitioner_id;
            let mut days: Vec<Day> = times
                .week
                .days()
                .map(|day| Day {
                    short: when::short_day(day),
                    times: Vec::new(),
                })
                .collect();
            let mut free = 0;
            for slot in times.slots.iter().filter(own) {
                let local = zone::local(&times.zone, slot.start);
                let at = times.week.days().position(|day| day == local.date());
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
