//! Which first names are known to be names, and which of them one person goes by.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A line is a first name and the forms that people of that name go by.
const FORMS: &str = include_str!("../data/nicknames.txt");

/// A line is the spellings of one first name.
const SPELLINGS: &str = include_str!("../data/spellings.txt");

/// First names that are common in Australia, beside those of [`FORMS`].
const COMMON: &str = include_str!("../data/common-first-names.txt");

/// A list, and where in it each name stands: a nickname may belong to several names (`Sam`).
struct Groups {
    lines: Vec<Vec<&'static str>>,
    by_name: HashMap<&'static str, Vec<usize>>,
}

static NICKNAMES: LazyLock<Groups> = LazyLock::new(|| Groups::read(FORMS));
static SPELLINGS_OF: LazyLock<Groups> = LazyLock::new(|| Groups::read(SPELLINGS));

impl Groups {
    fn read(list: &'static str) -> Self {
        let lines: Vec<Vec<&'static str>> = entries(list)
            .map(|line| line.split_whitespace().collect())
            .collect();
        let mut by_name: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for (number, line) in lines.iter().enumerate() {
            for name in line {
                by_name.entry(name).or_default().push(number);
            }
        }
        Self { lines, by_name }
    }

    fn join(&self, a: &str, b: &str) -> bool {
        match (self.by_name.get(a), self.by_name.get(b)) {
            (Some(a), Some(b)) => a.iter().any(|line| b.contains(line)),
            _ => false,
        }
    }
}

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    [FORMS, SPELLINGS, COMMON]
        .into_iter()
        .flat_map(entries)
        .flat_map(str::split_whitespace)
        .collect()
});

/// The lines of a list without its comments.
fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether one person may go by both names (`Bob` and `Rob`, both of Robert).
pub(crate) fn one_person_may_go_by(a: &str, b: &str) -> bool {
    NICKNAMES.join(a, b)
}

/// The names that one person may go by besides `name`.
pub(crate) fn forms(name: &str) -> impl Iterator<Item = &'static str> {
    let numbers = NICKNAMES.by_name.get(name).into_iter().flatten();
    let lines = numbers.filter_map(|number| NICKNAMES.lines.get(*number));
    lines.flatten().copied()
}

/// Whether both are spellings of one name.
pub(crate) fn are_spellings(a: &str, b: &str) -> bool {
    SPELLINGS_OF.join(a, b)
}

/// Whether `name` is a first name that the lists know.
pub(crate) fn is_listed(name: &str) -> bool {
    KNOWN.contains(name)
}

/// All first names that the lists know.
pub(crate) fn listed<'a>() -> impl Iterator<Item = &'a str> {
    KNOWN.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_join_those_of_one_name_only() {
        for (a, b) in [
            ("rob", "robert"),
            ("bob", "rob"),
            ("liz", "elizabeth"),
            ("sam", "samantha"),
        ] {
            assert!(one_person_may_go_by(a, b), "{a} {b}");
        }
        // Both are Em to some, and two girls.
        assert!(!one_person_may_go_by("emily", "emma"));
        assert!(!one_person_may_go_by("samuel", "samantha"));
        assert!(!one_person_may_go_by("jayden", "hayden"));
    }

    #[test]
    fn the_lists_hold_names_as_they_are_read() {
        for list in [FORMS, SPELLINGS, COMMON] {
            for name in entries(list).flat_map(str::split_whitespace) {
                assert_eq!(crate::text::folded(name), name);
            }
        }
    }
}
