//! Checks on what patients enter: name, date of birth, phone, mail, address, Medicare card.
//!
//! Each takes the text as entered and gives it in normal form, or says what is wrong in words
//! that can stand beside a form field.

mod contact;
mod medicare;

use std::str::FromStr;

use jiff::civil::{self, Date};

pub use contact::{LONGEST_EMAIL, email, phone};
pub use medicare::{medicare_expiry, medicare_irn, medicare_number};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 100;

/// Nobody alive was born before.
const EARLIEST_BIRTH: Date = civil::date(1880, 1, 1);

/// Australia's states and territories.
pub const STATES: [&str; 8] = ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"];

/// A patient's gender, as the PMS API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Any other.
    Other,
}

impl Gender {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Male, Self::Female, Self::Other];

    /// The name that the PMS API gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "Male",
            Self::Female => "Female",
            Self::Other => "Other",
        }
    }
}

impl FromStr for Gender {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, &'static str> {
        let gender = Self::ALL.into_iter().find(|gender| gender.as_str() == name);
        gender.ok_or("Choose Male, Female or Other.")
    }
}

/// Checks a first or last name and gives it without the white space around it.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() {
        Err("Enter a name.")
    } else if name.chars().count() > LONGEST_NAME {
        Err("A name has at most 100 characters.")
    } else if name.contains(char::is_control) {
        Err("A name has no line breaks, tabs or other control characters.")
    } else {
        Ok(name.to_owned())
    }
}

/// Checks a date of birth (`YYYY-MM-DD`), which cannot lie after `today`.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn dob(text: &str, today: Date) -> Result<Date, &'static str> {
    let birth = iso_date(text.trim())
        .ok_or("Enter the date of birth as year-month-day, such as 1985-03-27.")?;
    if birth > today {
        Err("A date of birth cannot lie in the future.")
    } else if birth < EARLIEST_BIRTH {
        Err("A date of birth lies after 1879; check the year.")
    } else {
        Ok(birth)
    }
}

/// Reads `YYYY-MM-DD` and nothing else.
fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Checks a postcode and gives its four digits.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn postcode(text: &str) -> Result<String, &'static str> {
    let postcode = text.trim();
    digits(postcode, 4)
        .map(|_| postcode.to_owned())
        .ok_or("A postcode has four digits.")
}

/// Checks a state or territory and gives its abbreviation in capitals.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn state(text: &str) -> Result<&'static str, &'static str> {
    let state = STATES
        .into_iter()
        .find(|state| state.eq_ignore_ascii_case(text.trim()));
    state.ok_or("Choose one of ACT, NSW, NT, QLD, SA, TAS, VIC, WA.")
}

/// Checks free text of at most `max` characters and gives it with `\n` as its only line break.
///
/// # Errors
/// What is wrong, for the patient to read.
pub fn text(text: &str, max: usize) -> Result<String, &'static str> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
        Err("This contains characters that cannot be shown; type it anew.")
    } else if text.chars().count() > max {
        Err("This is too long; shorten it.")
    } else {
        Ok(text)
    }
}

/// The number that exactly `count` (at most four) ASCII digits write.
fn digits(text: &str, count: usize) -> Option<i16> {
    let digits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// `text` without the spaces, hyphens and the like with which people group digits.
fn ungrouped(text: &str) -> String {
    let grouping = |c: char| {
        matches!(
            c,
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2013}'
        )
    };
    text.trim().chars().filter(|c| !grouping(*c)).collect()
}

#[cfg(test)]
mod tests;
