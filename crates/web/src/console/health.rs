//! `/console/health`: how all integrations did in the last day or fortnight, the worst first.

use super::{Frame, Pager, SignedIn, lasting, page_number};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_domain::health::State as Health;
use slotbridge_hub::admin::health_map::{self, Column, Line, MOST_PRACTICES, Worst};

#[derive(Template)]
#[template(path = "console/health.html")]
struct HealthPage<'a> {
    frame: Frame,
    text: &'a str,
    by_days: bool,
    columns: Vec<String>,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    id: i64,
    name: String,
    now: String,
    bad: bool,
    cells: Vec<(&'static str, &'static str)>,
}

/// The class of a cell, and its letter.
const fn cell(worst: Worst) -> (&'static str, &'static str) {
    match worst {
        Worst::Nothing => ("n", "–"),
        Worst::Well => ("w", "✓"),
        Worst::Unsettled => ("s", "~"),
        Worst::Unhealthy => ("u", "U"),
    }
}

/// How an integration does now, in words.
pub(super) fn state(health: Option<(Health, Timestamp)>, now: Timestamp) -> String {
    let Some((state, since)) = health else {
        return "Not judged yet".to_owned();
    };
    let name = match state {
        Health::Healthy => "Well",
        Health::Unhealthy => "Unhealthy",
        Health::OutsideLiveHours => "Outside of its hours",
    };
    format!(
        "{name} for {}",
        lasting(now.duration_since(since).as_secs())
    )
}

fn row(line: &Line, now: Timestamp) -> Row {
    Row {
        id: line.practice.practice_id.get(),
        name: line.practice.name.clone(),
        now: state(line.practice.health, now),
        bad: matches!(line.practice.health, Some((Health::Unhealthy, _))),
        cells: line.cells.iter().rev().copied().map(cell).collect(),
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let text = query.text("q").unwrap_or_default();
    let by_days = query.text("by") == Some("days");
    let column = if by_days { Column::Day } else { Column::Hour };
    let number = page_number(&query);
    let window = Pager::window(number, MOST_PRACTICES);
    let map = health_map::get(&web.hub, &by.operator(), text.to_owned(), column, window).await?;
    let now = web.hub.now();
    let label = |at: &Timestamp| {
        let at = at.to_zoned(TimeZone::UTC);
        let form = if by_days { "%-d %b" } else { "%H" };
        at.strftime(form).to_string()
    };
    let by_name = if by_days { "days" } else { "" };
    let filters = [("q", text), ("by", by_name)];
    let total = map.lines.total;
    personal(&HealthPage {
        frame: by.frame("health"),
        text,
        by_days,
        // On a phone what is now must be in sight.
        columns: map.starts.iter().rev().map(label).collect(),
        rows: map
            .lines
            .entries
            .iter()
            .map(|line| row(line, now))
            .collect(),
        pager: Pager::new("/console/health", &filters, number, MOST_PRACTICES, total),
    })
}
