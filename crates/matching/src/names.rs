//! A person's first and last name, taken apart.

use crate::text::folded;

/// What stands before a name and is none.
const TITLES: [&str; 12] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "master",
    "dr",
    "prof",
    "professor",
    "rev",
    "fr",
    "sir",
];

/// What is written for the first name of somebody who has none yet, alone or with [`WHICH_ONE`] or
/// `of` behind it: Twin 1, Baby Girl, Baby of Sarah.
const NOT_NAMED: [&str; 6] = ["baby", "infant", "newborn", "triplet", "twin", "unknown"];

/// See [`NOT_NAMED`].
const WHICH_ONE: [&str; 13] = [
    "1", "2", "3", "a", "b", "boy", "c", "female", "girl", "male", "one", "three", "two",
];

/// Words of a name that many share and that tell nobody apart: Vietnamese middle names and the
/// particles of last names.
const FILLERS: [&str; 14] = [
    "thi", "van", "de", "da", "di", "del", "della", "der", "den", "la", "le", "al", "el", "bin",
];

/// See the head of the list.
const VIETNAMESE: &str = include_str!("../data/vietnamese-last-names.txt");

/// One of a person's two names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its words (`mary`, `jane`), those first that tell people apart; none if the name is missing.
    pub words: Vec<String>,
    /// All of it in one word: `mary-jane`, `Mary Jane` and `MaryJane` are one name.
    pub joined: String,
    /// How many of the words, which stand first, tell people apart.
    telling: usize,
    /// Which of the words is written first.
    first: usize,
}

impl Name {
    /// A first name; missing where only something stands in its place.
    pub(crate) fn read_given(text: &str) -> Self {
        let name = Self::read(text);
        let stands_in = |word: &str| NOT_NAMED.contains(&word) || WHICH_ONE.contains(&word);
        let mut words = name.words.iter().map(String::as_str);
        let none_is_one = words.clone().all(stands_in) || words.any(|word| word == "of");
        if NOT_NAMED.contains(&name.first()) && none_is_one {
            Self::default()
        } else {
            name
        }
    }

    pub(crate) fn read(text: &str) -> Self {
        let folded = folded(text);
        let mut words: Vec<&str> = folded.split_ascii_whitespace().collect();
        // Somebody may be called Master and nothing else.
        while words.len() > 1 && words.first().is_some_and(|word| TITLES.contains(word)) {
            words.remove(0);
        }
        let joined = words.concat();
        let telling = words.iter().filter(|word| is_telling(word)).count();
        let first = match words.first() {
            Some(first) if !is_telling(first) => telling,
            _ => 0,
        };
        words.sort_by_key(|word| !is_telling(word));
        Self {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            joined,
            telling: if telling == 0 { words.len() } else { telling },
            first,
        }
    }

    /// The first as it is written: the word that a person is called by, as far as one can tell.
    pub(crate) fn first(&self) -> &str {
        self.words.get(self.first).map_or("", String::as_str)
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether this is a last name with which people are called by the last of their first names.
    pub(crate) fn is_vietnamese(&self) -> bool {
        let listed =
            |line: &str| !line.starts_with('#') && line.split(' ').any(|name| name == self.joined);
        VIETNAMESE.lines().any(listed)
    }

    /// The words that tell people apart: longer than an initial, and no filler unless there is
    /// nothing else.
    pub(crate) fn telling(&self) -> impl Iterator<Item = &str> + Clone {
        self.words.iter().take(self.telling).map(String::as_str)
    }
}

fn is_telling(word: &str) -> bool {
    word.len() > 1 && !FILLERS.contains(&word)
}
