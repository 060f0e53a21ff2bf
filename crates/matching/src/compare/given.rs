//! First names.

use crate::names::Name;
use crate::nicknames::{are_spellings, forms, one_person_may_go_by};
use crate::text::{is_alike, is_slip, sound_alike};

/// How far two first names agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GivenAgreement {
    /// One name.
    Same,
    /// A name and one that people of that name go by: Bob, Robert.
    Nickname,
    /// One is a further name of the other: Noah, Brayden Noah.
    Part,
    /// A word in common, but not the one that people of such names are called by (Tuyet, and Tuyet
    /// Thao, who is called Thao), or each with another beside it: Mary Jane, Mary Kate.
    CalledOtherwise,
    /// Spelt otherwise, sounding alike, and only one of them a known name: Khris, Chris.
    Sound,
    /// Two spellings that are both names: Caitlin, Kaitlyn. Two children may be called so.
    Spelling,
    /// A slip of the finger apart, and not both of them names.
    Slip,
    /// A slip of the finger from this name, and from another known one no further (Eily may be Lily
    /// or Emily), or between two words of which neither is known to be a name.
    SlipOfTwo,
    /// As [`Self::Slip`], in a name so short that it may well be another.
    ShortSlip,
    /// The first letter of the other.
    Initial,
    /// Alike in more than a slip, and not both of them names.
    Alike,
    /// One is missing.
    Missing,
    /// Two names, at least one of which is not known to be one.
    Different,
    /// Two different names, both of them known: two people.
    TwoNames,
}

impl GivenAgreement {
    /// Whether this is how one person's name is written twice.
    pub(crate) const fn is_likely(self) -> bool {
        matches!(
            self,
            Self::Same
                | Self::Nickname
                | Self::Part
                | Self::Sound
                | Self::Spelling
                | Self::Slip
                | Self::SlipOfTwo
        )
    }

    /// This agreement of `a` and `b`, given that people of their last name are called by the last of
    /// their first names.
    pub(super) fn called_by_the_last(self, a: &Name, b: &Name) -> Self {
        let whole = matches!(self, Self::Same | Self::Part);
        if whole && a.joined != b.joined && a.telling().last() != b.telling().last() {
            Self::CalledOtherwise
        } else {
            self
        }
    }

    /// Whether the two differ by what a finger may have done.
    pub(crate) const fn is_slip(self) -> bool {
        matches!(self, Self::Slip | Self::ShortSlip | Self::Sound)
    }

    pub(super) fn of(a: &Name, b: &Name, is_known: &impl Fn(&str) -> bool) -> Self {
        if a.is_missing() || b.is_missing() {
            return Self::Missing;
        }
        if a.joined == b.joined {
            return Self::Same;
        }
        if let Some(agreement) = shared_word(a, b) {
            return agreement;
        }
        if a.telling()
            .any(|a| b.telling().any(|b| one_person_may_go_by(a, b)))
        {
            return Self::Nickname;
        }
        if is_initial(a, b) || is_initial(b, a) {
            return Self::Initial;
        }
        // Danielle is a name, and no Daniel with something written to it.
        let is_one_name = |name: &Name| is_known(&name.joined);
        if (!is_one_name(a) && runs_on(a, b)) || (!is_one_name(b) && runs_on(b, a)) {
            return Self::Part;
        }
        let (a_known, b_known) = (known(a, is_known), known(b, is_known));
        let both_known = a_known && b_known;
        let best = a
            .telling()
            .flat_map(|a| b.telling().map(move |b| similarity(a, b)))
            .chain([similarity(&a.joined, &b.joined)])
            .min_by_key(|agreement| *agreement as u8)
            .unwrap_or(Self::Different);
        let spellings = || {
            a.telling()
                .any(|a| b.telling().any(|b| are_spellings(a, b)))
        };
        match best {
            Self::Sound | Self::Slip if !a_known && !b_known => Self::SlipOfTwo,
            Self::Sound if !both_known => Self::Sound,
            best if best == Self::Sound || spellings() => Self::Spelling,
            _ if both_known => Self::TwoNames,
            Self::Different | Self::Alike if is_slip_of_a_form(a, b) || is_slip_of_a_form(b, a) => {
                Self::Slip
            }
            best => best,
        }
    }
}

/// How two names agree that have a word in common.
fn shared_word(a: &Name, b: &Name) -> Option<GivenAgreement> {
    let shared = a.telling().any(|a| b.telling().any(|b| a == b));
    if !shared {
        return None;
    }
    let (shorter, longer) = if a.words.len() <= b.words.len() {
        (a, b)
    } else {
        (b, a)
    };
    let goes_in = |word: &String| {
        let initial = |other: &String| other.starts_with(word.as_str()) && word.len() == 1;
        longer
            .words
            .iter()
            .any(|other| other == word || initial(other))
    };
    let first_alike = a.first() == b.first() || a.telling().next() != Some(a.first());
    Some(
        if first_alike && (shorter.words.iter().all(goes_in) || shorter.telling().count() < 2) {
            GivenAgreement::Same
        } else if has_another(a, b) && has_another(b, a) {
            GivenAgreement::CalledOtherwise
        } else {
            GivenAgreement::Part
        },
    )
}

/// Whether a word of `a` is none of `b`'s, however written.
fn has_another(a: &Name, b: &Name) -> bool {
    a.telling().any(|word| {
        !b.telling()
            .any(|other| word == other || is_slip(word, other) || one_person_may_go_by(word, other))
    })
}

/// Whether `short` is the first letter of `long`, with or without further initials.
fn is_initial(short: &Name, long: &Name) -> bool {
    short.words.iter().all(|word| word.len() == 1) && long.first().starts_with(short.first())
}

/// Whether one word of `joined` is a name of `other` with something more written to it: KevinJun.
fn runs_on(joined: &Name, other: &Name) -> bool {
    other.telling().any(|name| {
        let whole = &joined.joined;
        let rest = whole
            .strip_prefix(name)
            .or_else(|| whole.strip_suffix(name));
        name.len() >= 4 && rest.is_some_and(|rest| rest.len() > 1)
    })
}

/// Whether a word of `a` is a slip of a form of `b`: Oliia for Olivia, who is held as Liv.
fn is_slip_of_a_form(a: &Name, b: &Name) -> bool {
    b.telling().flat_map(forms).any(|form| {
        a.telling()
            .any(|word| word.len() > 3 && form.len() > 3 && is_slip(word, form))
    })
}

fn known(name: &Name, is_known: &impl Fn(&str) -> bool) -> bool {
    is_known(name.first()) || name.telling().any(is_known)
}

fn similarity(a: &str, b: &str) -> GivenAgreement {
    if sound_alike(a, b) {
        GivenAgreement::Sound
    } else if is_slip(a, b) {
        if a.len().min(b.len()) <= 3 {
            GivenAgreement::ShortSlip
        } else {
            GivenAgreement::Slip
        }
    } else if is_alike(a, b) {
        GivenAgreement::Alike
    } else {
        GivenAgreement::Different
    }
}
