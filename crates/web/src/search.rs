//! `/`: finding a practice.

use crate::Web;
use crate::failure::Failure;
use crate::page;
use crate::query::Query;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::rows::{Listed, Practice, PracticeSearch, Window};

/// How many practices stand on a page.
const PER_PAGE: i64 = 20;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    name: &'a str,
    place: &'a str,
    specialty: &'a str,
    searched: bool,
    found: Vec<Found>,
    total: i64,
    previous: Option<String>,
    next: Option<String>,
}

/// A practice that was found.
struct Found {
    id: i64,
    name: String,
    place: String,
    specialties: String,
}

impl From<Practice> for Found {
    fn from(practice: Practice) -> Self {
        Self {
            id: practice.practice_id.get(),
            place: place(&practice),
            specialties: capitalised(&practice.specialties.join(", ")),
            name: practice.name,
        }
    }
}

/// Where a practice is, on one line.
pub(crate) fn place(practice: &Practice) -> String {
    let parts = [&practice.suburb, &practice.state, &practice.postcode];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    // The state and postcode stay on one line.
    let town = parts.join("\u{a0}");
    match practice.address.as_deref() {
        Some(address) if town.is_empty() => address.to_owned(),
        Some(address) => format!("{address}, {town}"),
        None => town,
    }
}

/// A phone number in groups, as people read it.
pub(crate) fn phone(digits: &str) -> String {
    let is_plain = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let first = if digits.starts_with("04") { 4 } else { 2 };
    let second = if first == 4 { 3 } else { 4 };
    match digits.split_at_checked(first) {
        Some((area, rest)) if is_plain => {
            let (one, two) = rest.split_at_checked(second).unwrap_or((rest, ""));
            [area, one, two].join("\u{a0}")
        }
        _ => digits.to_owned(),
    }
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

pub(crate) async fn show(State(web): State<Web>, query: Query) -> Result<Response, Failure> {
    let text = |name: &str| query.text(name).unwrap_or_default();
    let (name, place, specialty) = (text("name"), text("place"), text("specialty"));
    let number = query.get("page").unwrap_or(1).clamp(1, 1_000_000);
    let window = Window {
        limit: PER_PAGE,
        offset: (number - 1) * PER_PAGE,
    };
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let is_postcode = !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit());
    let search = PracticeSearch {
        name: given(name),
        suburb: given(place).filter(|_| !is_postcode),
        postcode: given(place).filter(|_| is_postcode),
        specialty: given(specialty),
    };
    let Listed { entries, total } = web.hub.search_practices(search, window).await?;
    let to = |number: i64| {
        let mut url = form_urlencoded::Serializer::new(String::from("/?"));
        for (key, text) in [("name", name), ("place", place), ("specialty", specialty)] {
            url.append_pair(key, text);
        }
        url.append_pair("page", &number.to_string()).finish()
    };
    page::public(&SearchPage {
        name,
        place,
        specialty,
        searched: ![name, place, specialty].concat().is_empty(),
        found: entries.into_iter().map(Found::from).collect(),
        total,
        previous: (number > 1).then(|| to(number - 1)),
        next: (number * PER_PAGE < total).then(|| to(number + 1)),
    })
}

#[cfg(test)]
mod tests {
    use super::phone;

    #[test]
    fn phones_are_written_in_the_groups_in_which_people_say_them() {
        for (digits, shown) in [
            ("0298765432", "02 9876 5432"),
            ("0412345678", "0412 345 678"),
            ("131114", "131114"),
            ("+6421123456", "+6421123456"),
        ] {
            assert_eq!(phone(digits).replace('\u{a0}', " "), shown);
        }
    }
}
