//! A comparison in words that a receptionist understands.

use crate::compare::{
    AddressAgreement, BirthAgreement, CardAgreement, Comparison, ContactAgreement, FamilyAgreement,
    GivenAgreement,
};
use crate::decide::Verdict;
use crate::names::Name;
use crate::person::Person;

/// Why `person` was taken for `patient`, or was not: what agrees and what does not, and what
/// decided.
pub(crate) fn explanation(
    person: &Person,
    patient: &Person,
    comparison: &Comparison,
    verdict: Verdict,
    reason: Option<&str>,
) -> String {
    let (first, last) = if comparison.swapped {
        (&person.family, &person.given)
    } else {
        (&person.given, &person.family)
    };
    let home = &comparison.household;
    let phrases: Vec<String> = [
        comparison
            .swapped
            .then(|| "first and last name exchanged".to_owned()),
        Some(given(comparison.given, first, &patient.given)),
        Some(family(comparison.family, last, &patient.family)),
        Some(birth(comparison.birth).to_owned()),
        comparison
            .genders_differ
            .then(|| "one female, the other male".to_owned()),
        contact(home.phone, "phone"),
        contact(home.email, "email"),
        address(home.address).map(str::to_owned),
        card(home.card).map(str::to_owned),
    ]
    .into_iter()
    .flatten()
    .collect();
    let agreement = sentence(&phrases.join("; "));
    match (verdict, reason) {
        (Verdict::Same, _) | (_, None) => agreement,
        (Verdict::Possible, Some(reason)) => format!("{agreement} To be checked: {reason}."),
        (Verdict::New, Some(reason)) => {
            format!("Nearest patient: {agreement} Not taken for the same: {reason}.")
        }
    }
}

fn sentence(text: &str) -> String {
    format!("{}.", capitalised(text))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A name as it can be shown; its accents and capitals are not kept.
fn shown(name: &Name) -> String {
    let words: Vec<String> = name.words.iter().map(|word| capitalised(word)).collect();
    words.join(" ")
}

fn given(agreement: GivenAgreement, asked: &Name, held: &Name) -> String {
    let (asked, held) = (shown(asked), shown(held));
    match agreement {
        GivenAgreement::Same => "same first name".to_owned(),
        GivenAgreement::Nickname => format!("{asked} and {held} are forms of one first name"),
        GivenAgreement::Part => format!("first names {asked} and {held} have a part in common"),
        GivenAgreement::CalledOtherwise => {
            format!("first names {asked} and {held} have a part in common, but may be two people's")
        }
        GivenAgreement::Sound => format!("first names {asked} and {held} sound alike"),
        GivenAgreement::Spelling => {
            format!("first names {asked} and {held} are spellings of one name")
        }
        GivenAgreement::Slip | GivenAgreement::ShortSlip => {
            format!("first names {asked} and {held} are a typing slip apart")
        }
        GivenAgreement::SlipOfTwo => {
            format!(
                "first names {asked} and {held} are a typing slip apart, but may be two people's"
            )
        }
        GivenAgreement::Initial => format!("first name {asked} for {held}"),
        GivenAgreement::Alike => format!("first names {asked} and {held} are somewhat alike"),
        GivenAgreement::Missing => "a first name is missing".to_owned(),
        GivenAgreement::Different | GivenAgreement::TwoNames => {
            format!("different first names, {asked} and {held}")
        }
    }
}

fn family(agreement: FamilyAgreement, asked: &Name, held: &Name) -> String {
    let (asked, held) = (shown(asked), shown(held));
    match agreement {
        FamilyAgreement::Same => "same last name".to_owned(),
        FamilyAgreement::Part => format!("last names {asked} and {held} have a part in common"),
        FamilyAgreement::Sound => format!("last names {asked} and {held} sound alike"),
        FamilyAgreement::Slip => format!("last names {asked} and {held} are a typing slip apart"),
        FamilyAgreement::Alike => format!("last names {asked} and {held} are somewhat alike"),
        FamilyAgreement::Missing => "a last name is missing".to_owned(),
        FamilyAgreement::Different => format!("different last names, {asked} and {held}"),
    }
}

const fn birth(agreement: BirthAgreement) -> &'static str {
    match agreement {
        BirthAgreement::Same => "same date of birth",
        BirthAgreement::Swapped => "day and month of birth exchanged",
        BirthAgreement::Digit => "date of birth a digit apart",
        BirthAgreement::NearYear => "year of birth a slip apart",
        BirthAgreement::FarYear => "same birthday, years apart",
        BirthAgreement::Missing => "a date of birth is missing",
        BirthAgreement::SameYear | BirthAgreement::Different => "different dates of birth",
    }
}

fn contact(agreement: ContactAgreement, what: &str) -> Option<String> {
    match agreement {
        ContactAgreement::Same => Some(format!("same {what}")),
        ContactAgreement::Slip => Some(format!("{what} a slip apart")),
        ContactAgreement::Missing => None,
        ContactAgreement::Different => Some(format!("another {what}")),
    }
}

const fn address(agreement: AddressAgreement) -> Option<&'static str> {
    match agreement {
        AddressAgreement::Same => Some("same address"),
        AddressAgreement::Slip => Some("almost the same address"),
        AddressAgreement::Suburb => Some("same suburb"),
        AddressAgreement::Missing => None,
        AddressAgreement::Moved | AddressAgreement::Different => Some("lives elsewhere"),
    }
}

const fn card(agreement: CardAgreement) -> Option<&'static str> {
    match agreement {
        CardAgreement::SamePerson => Some("same Medicare card and reference number"),
        CardAgreement::SameCard => Some("same Medicare card"),
        CardAgreement::Slip => Some("Medicare number a digit apart, same reference number"),
        CardAgreement::Missing => None,
        CardAgreement::Different => Some("another Medicare card"),
        CardAgreement::OtherPerson => Some("same Medicare card, another reference number"),
    }
}
