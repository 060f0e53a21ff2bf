//! From a score to an outcome.

use crate::compare::{BirthAgreement, CardAgreement, Comparison, GivenAgreement};

/// What the evidence comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// The sum of the evidence's weights; ten points make it e times as likely.
    pub points: i32,
}

impl Score {
    /// How likely it is, from nothing to one.
    pub(crate) fn chance(self) -> f64 {
        1.0 / (1.0 + (-f64::from(self.points) / 10.0).exp())
    }
}

/// Who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// None of the patients.
    New,
    /// Perhaps this patient: a person decides.
    Possible,
    /// This patient.
    Same,
}

impl Verdict {
    /// The name under which it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Possible => "possible",
            Self::Same => "same",
        }
    }
}

/// From here on it is one person.
const SAME: i32 = 26;
/// From here on it may be.
const POSSIBLE: i32 = 22;
/// Two patients of whom neither is so far ahead of the other fit equally well.
const AHEAD: i32 = 10;

/// Something that decides whatever the score, and why, for a receptionist to read.
type Rule = (fn(&Comparison) -> bool, &'static str);

/// What tells two people apart, however much else they share.
const OTHER_PERSON: [Rule; 4] = [
    (
        another_person_of_the_card,
        "the card has another reference number for this patient",
    ),
    (another_first_name, "the first name is another"),
    (
        namesake,
        "only the name is the same, and others may bear it",
    ),
    (
        nothing_but_first_name_and_birthday,
        "only first name and date of birth are the same",
    ),
];

/// What a person must look at, however much speaks for it.
const IN_DOUBT: [Rule; 6] = [
    (
        two_known_first_names,
        "the card says that it is one person, the first name that it is not",
    ),
    (
        first_name_in_doubt,
        "twins or sisters may have first names so alike",
    ),
    (
        genders_differ,
        "a brother and a sister may have first names so alike",
    ),
    (
        years_of_birth_apart,
        "a parent and a child may have one name",
    ),
    (
        no_date_of_birth,
        "without a date of birth, a parent and a child of one name look the same",
    ),
    (
        nothing_but_name_and_birthday,
        "name and date of birth are the same, but nothing else is",
    ),
];

/// Whether a rule says that these are two people.
pub(crate) fn is_another_person(comparison: &Comparison) -> bool {
    OTHER_PERSON.iter().any(|(applies, _)| applies(comparison))
}

/// The outcome for the likeliest candidate, given the score of the next, and what decided it if
/// the score did not.
pub(crate) fn judge(
    comparison: &Comparison,
    score: Score,
    runner_up: Option<Score>,
) -> (Verdict, Option<&'static str>) {
    let reason = |rules: &[Rule]| {
        let rule = rules.iter().find(|(applies, _)| applies(comparison));
        rule.map(|(_, reason)| *reason)
    };
    if let Some(reason) = reason(&OTHER_PERSON) {
        (Verdict::New, Some(reason))
    } else if score.points < POSSIBLE {
        (Verdict::New, Some("too little agrees"))
    } else if runner_up.is_some_and(|next| score.points - next.points < AHEAD) {
        (
            Verdict::New,
            Some("another patient fits as well, and nothing tells which it is"),
        )
    } else if let Some(reason) = reason(&IN_DOUBT) {
        (Verdict::Possible, Some(reason))
    } else if score.points < SAME {
        (Verdict::Possible, Some("not enough agrees to be sure"))
    } else {
        (Verdict::Same, None)
    }
}

/// Whether card and reference number say that it is one person.
const fn on_the_card(comparison: &Comparison) -> bool {
    matches!(comparison.household.card, CardAgreement::SamePerson)
}

/// One card has a number for each of its people.
const fn another_person_of_the_card(comparison: &Comparison) -> bool {
    matches!(comparison.household.card, CardAgreement::OtherPerson)
}

/// Brothers and sisters share everything but the first name, twins the date of birth as well.
const fn another_first_name(comparison: &Comparison) -> bool {
    let other = match comparison.given {
        GivenAgreement::TwoNames | GivenAgreement::Different => true,
        // Caitlin and Kaitlyn, each with a card of her own.
        GivenAgreement::Spelling => matches!(comparison.household.card, CardAgreement::Different),
        _ => false,
    };
    other && !on_the_card(comparison)
}

/// Of the many of one name some are born on days that look alike.
fn namesake(comparison: &Comparison) -> bool {
    !matches!(comparison.birth, BirthAgreement::Same) && comparison.household.shared() == 0
}

/// Each day a few children are born who get the same first name.
fn nothing_but_first_name_and_birthday(comparison: &Comparison) -> bool {
    !comparison.family.is_likely() && comparison.household.shared() == 0
}

/// Even with one card: people take another name, but that is for a person to say.
const fn two_known_first_names(comparison: &Comparison) -> bool {
    matches!(
        comparison.given,
        GivenAgreement::TwoNames | GivenAgreement::Different
    )
}

/// Twins may have one initial, or names that are spelt alike.
const fn first_name_in_doubt(comparison: &Comparison) -> bool {
    matches!(
        comparison.given,
        GivenAgreement::Spelling
            | GivenAgreement::CalledOtherwise
            | GivenAgreement::Initial
            | GivenAgreement::SlipOfTwo
            | GivenAgreement::Alike
            | GivenAgreement::Missing
    ) && !on_the_card(comparison)
}

/// Alex is Alexander or Alexandra.
const fn genders_differ(comparison: &Comparison) -> bool {
    comparison.genders_differ
        && !matches!(comparison.given, GivenAgreement::Same)
        && !on_the_card(comparison)
}

/// Namesakes born on one day are rare, but there are some, and these two share nothing else.
fn nothing_but_name_and_birthday(comparison: &Comparison) -> bool {
    let home = &comparison.household;
    home.shared() == 0 && (home.card == CardAgreement::Different || home.differing() >= 2)
}

/// A father and a son of one name differ in nothing else.
const fn years_of_birth_apart(comparison: &Comparison) -> bool {
    comparison.birth.years_apart() && !on_the_card(comparison)
}

/// Without a date of birth, father and son are one.
const fn no_date_of_birth(comparison: &Comparison) -> bool {
    matches!(comparison.birth, BirthAgreement::Missing) && !on_the_card(comparison)
}
