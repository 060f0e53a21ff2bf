//! Street addresses in the form in which they are compared.

use slotbridge_domain::patient;

use crate::text::{folded, joined};

/// What streets are called, each with the abbreviations that people write.
const STREET_TYPES: [(&str, &[&str]); 22] = [
    ("alley", &["ally"]),
    ("avenue", &["av", "ave", "avn"]),
    ("boulevard", &["bvd", "blvd", "boulevarde"]),
    ("circuit", &["cct", "crct", "cir"]),
    ("close", &["cl"]),
    ("court", &["ct", "crt"]),
    ("crescent", &["cres", "cr", "crs"]),
    ("drive", &["dr", "drv"]),
    ("esplanade", &["esp"]),
    ("grove", &["gr", "gve", "grv"]),
    ("highway", &["hwy"]),
    ("lane", &["ln", "la"]),
    ("parade", &["pde", "par"]),
    ("place", &["pl", "plc"]),
    ("rise", &[]),
    ("road", &["rd"]),
    ("square", &["sq"]),
    ("street", &["st", "str"]),
    ("terrace", &["tce", "ter"]),
    ("track", &["trk"]),
    ("walk", &["wlk"]),
    ("way", &["wy"]),
];

/// Words before the number of a flat.
const UNIT_WORDS: [&str; 13] = [
    "unit",
    "u",
    "apt",
    "apartment",
    "flat",
    "f",
    "suite",
    "villa",
    "townhouse",
    "level",
    "lot",
    "no",
    "shop",
];

/// Words before the name of a place, and their abbreviations.
const BEFORE_NAMES: [(&str, &str); 2] = [("saint", "st"), ("mount", "mt")];

/// What a post box is called.
const BOX: &str = "po box";
const BOXES: [&str; 5] = [
    "p o box",
    "gpo box",
    "pobox",
    "post office box",
    "locked bag",
];

/// Where somebody lives, as far as it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// The numbers of house and flat, the flat first (`["37", "94"]`, `["157a"]`).
    pub numbers: Vec<String>,
    /// The words of the street and its type (`beaconsfield street`), a post box as `po box`.
    pub street: String,
    /// The suburb's words in one.
    pub suburb: String,
    /// Four digits.
    pub postcode: String,
    /// The state's abbreviation.
    pub state: Option<&'static str>,
}

impl Address {
    pub(crate) fn read(street: &str, suburb: &str, state: &str, postcode: &str) -> Self {
        let mut numbers = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        let street = folded(street);
        let mut is_unit_behind = false;
        let mut words = street.split_ascii_whitespace().peekable();
        while let Some(word) = words.next() {
            // `U27` and `Unit 27` are one flat.
            let unit_number = word
                .strip_prefix('u')
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let word = unit_number.unwrap_or(word);
            let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
            let before_number = words.peek().is_some_and(|next| is_number(next));
            if is_number(word) {
                let place = if is_unit_behind { 0 } else { numbers.len() };
                numbers.insert(place, word.to_owned());
            } else if UNIT_WORDS.contains(&word) && (names.is_empty() || before_number) {
                is_unit_behind = !names.is_empty();
            } else if let (1, true, Some(number)) =
                (word.len(), names.is_empty(), numbers.last_mut())
            {
                // 12 A is the house 12A.
                number.push_str(word);
            } else {
                let short = BEFORE_NAMES.iter().find(|(long, _)| *long == word);
                names.push(short.map_or(word, |(_, short)| *short));
            }
        }
        if let Some(last) = names.last_mut() {
            let full = STREET_TYPES.iter().find(|(_, short)| short.contains(last));
            if let Some((full, _)) = full {
                *last = full;
            }
        }
        let mut street = names.join(" ");
        if BOXES.contains(&street.as_str()) {
            BOX.clone_into(&mut street);
        }
        Self {
            numbers,
            street,
            suburb: joined(suburb),
            postcode: joined(postcode),
            state: patient::state(state).ok(),
        }
    }

    /// Whether it is a post box.
    pub(crate) fn is_box(&self) -> bool {
        self.street == BOX
    }

    /// Whether a house is named, not only a suburb.
    pub(crate) fn has_house(&self) -> bool {
        !self.numbers.is_empty() && !self.street.is_empty()
    }

    /// The number of the house, which people rarely leave out, unlike the flat's.
    pub(crate) fn house(&self) -> &str {
        self.numbers.last().map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_write_an_address_are_one() {
        let read = |text| Address::read(text, "Boronia", "VIC", "3155");
        for text in [
            "Unit 27 23 Woodville Drive",
            "U27 23 Woodville Dr.",
            "27/23 WOODVILLE DR",
            "Apt 27 / 23 Woodville Drive",
            "23 Woodville Drive, Unit 27",
        ] {
            assert_eq!(read(text), read("27 / 23 Woodville Drive"), "{text}");
        }
        assert_eq!(read("23 A Woodville Drive"), read("23A Woodville Dr"));
        assert_eq!(read("P.O. Box 46"), read("GPO Box 46"));
        assert_ne!(read("27/23 Woodville Drive"), read("27/25 Woodville Drive"));
    }

    #[test]
    fn a_suburb_alone_is_no_house() {
        assert!(!Address::read("", "Boronia", "VIC", "3155").has_house());
        assert!(!Address::read("Woodville Drive", "Boronia", "VIC", "3155").has_house());
    }
}
