//! Values that a schema allows, from a seed.

use super::schema::{Kind, Schema, Text};
use proptest::prelude::Rng;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

/// Texts that have been trouble to somebody.
const TEXTS: [&str; 12] = [
    "Plain",
    "O'Brien \"Bob\" <b>%s;--",
    "  blanks around  ",
    "Zo\u{eb} \u{5f20}\u{4f1f} \u{645}\u{62d}\u{645}\u{62f}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{202e}backwards\u{feff}",
    "e\u{301}\u{30f}\u{327}",
    "null",
    "0",
    "%00%ff\\u0000",
    "{\"a\": 1}",
    "\u{10ffff}\u{fffe}\u{e000}",
];

/// Where chance comes from.
pub(crate) struct Chance(TestRunner);

impl Chance {
    /// The chance of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self(TestRunner::new_with_rng(Config::default(), rng))
    }

    /// A number below another.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let drawn = self.0.rng().next_u64() % u64::try_from(bound).unwrap();
        usize::try_from(drawn).unwrap()
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Yes, once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn matching(&mut self, pattern: &str) -> String {
        // ECMA's escapes, and the anchors, which the generator has anyway.
        let mut ours = pattern
            .trim_start_matches('^')
            .trim_end_matches('$')
            .to_owned();
        while let Some(at) = ours.find("\\u") {
            let (digits, _) = ours[at + 2..].split_at(4);
            ours = ours.replace(&format!("\\u{digits}"), &format!("\\x{{{digits}}}"));
        }
        let strategy = proptest::string::string_regex(&ours).unwrap();
        strategy.new_tree(&mut self.0).unwrap().current()
    }
}

/// A generator of values, which knows what some fields must hold to make sense.
pub(crate) struct Generator<'a> {
    pub(crate) chance: Chance,
    /// What makes sense in a field of that name and schema.
    pub(crate) known: &'a dyn Fn(&str, &Schema) -> Option<Value>,
}

impl Generator<'_> {
    /// The value with all that is required, and where the stage knows what makes sense, that.
    pub(crate) fn sensible(&mut self, name: &str, schema: &Schema) -> Value {
        if let Some(known) = (self.known)(name, schema) {
            return known;
        }
        match &schema.kind {
            Kind::Object(fields) => {
                let wanted = fields.iter().filter(|field| {
                    field.required || (self.known)(&field.name, &field.schema).is_some()
                });
                let wanted: Vec<_> = wanted.cloned().collect();
                let field = |field: &super::schema::Field| {
                    let value = self.sensible(&field.name, &field.schema);
                    (field.name.clone(), value)
                };
                wanted.iter().map(field).collect::<Map<_, _>>().into()
            }
            Kind::List(items, _) => vec![self.sensible("", items)].into(),
            Kind::OneOf(choices) => self.sensible(name, &choices[0]),
            Kind::Text(text) if text.pattern.as_deref() == Some(r"\S") => json!("Plain"),
            _ => self.value(name, schema),
        }
    }

    /// Any value that the schema allows.
    pub(crate) fn value(&mut self, name: &str, schema: &Schema) -> Value {
        if schema.nullable && self.chance.once_in(6) {
            return Value::Null;
        }
        if !self.chance.once_in(4)
            && let Some(known) = (self.known)(name, schema)
        {
            return known;
        }
        match &schema.kind {
            Kind::Flag => self.chance.once_in(2).into(),
            Kind::Integer(least, most) => self.integer(*least, *most).into(),
            Kind::Text(text) => self.text(text).into(),
            Kind::List(items, most) => {
                let length = self.chance.below(4).min(*most);
                (0..length).map(|_| self.value("", items)).collect()
            }
            Kind::Object(fields) => {
                let mut object = Map::new();
                for field in fields {
                    if field.required || self.chance.once_in(2) {
                        let value = self.value(&field.name, &field.schema);
                        object.insert(field.name.clone(), value);
                    }
                }
                object.into()
            }
            Kind::OneOf(choices) => {
                let choice = self.chance.pick(choices).clone();
                self.value(name, &choice)
            }
        }
    }

    fn integer(&mut self, least: i64, most: i64) -> i64 {
        let near = [least, most, 0, 1, 60, 1800, -1, i64::from(i32::MAX) + 1];
        let within: Vec<i64> = near
            .into_iter()
            .filter(|n| (least..=most).contains(n))
            .collect();
        *self.chance.pick(&within)
    }

    /// A text by its format, its names or its pattern, or any.
    fn text(&mut self, text: &Text) -> String {
        let year = 1 + self.chance.below(9_998);
        let (month, day) = (1 + self.chance.below(12), 1 + self.chance.below(28));
        let date = format!("{year:04}-{month:02}-{day:02}");
        let offset = *self.chance.pick(&["Z", "+11:00", "-09:30", "+00:00"]);
        match text.format.as_deref() {
            Some("date") => date,
            Some("datetime") => format!("{date} {:02}:30:05", self.chance.below(24)),
            Some("date-time") => format!("{date}T{:02}:30:00{offset}", self.chance.below(24)),
            Some("email") => format!(
                "{}@example.com",
                self.chance.matching("[a-z][a-z0-9+-]{0,20}")
            ),
            Some("base64") => self.chance.matching(text.pattern.as_deref().unwrap()),
            Some(other) => panic!("the generator does not know the format {other}"),
            None if !text.names.is_empty() => self.chance.pick(&text.names).clone(),
            None => match text.pattern.as_deref() {
                Some(pattern)
                    if pattern.starts_with('^') && text.most == super::schema::UNBOUNDED =>
                {
                    self.chance.matching(pattern)
                }
                _ => self.free(text),
            },
        }
    }

    fn free(&mut self, text: &Text) -> String {
        let any = *self.chance.pick(&TEXTS);
        if self.chance.once_in(8) && text.most <= 10_000 {
            // As long as may be, in characters of several bytes.
            return "\u{1f600}".repeat(text.most);
        }
        if text.least == 0 && text.pattern.is_none() && self.chance.once_in(8) {
            return String::new();
        }
        any.chars().take(text.most).collect()
    }
}
