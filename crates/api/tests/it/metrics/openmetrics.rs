//! A strict reader of OpenMetrics text: whatever the standard forbids ends the test.

use std::collections::{BTreeMap, BTreeSet};

/// What was exposed.
pub(super) struct Exposition {
    pub(super) text: String,
    /// By the sample's name and labels as they are written.
    samples: BTreeMap<String, f64>,
}

struct Family {
    name: String,
    kind: String,
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    chars.next().is_some_and(first) && chars.all(|c| first(c) || c.is_ascii_digit())
}

/// `name="value",...` to their names and values.
fn labels(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, quoted) = rest.split_once("=\"").expect("a label");
        assert!(is_name(name), "{name}");
        let mut escaped = false;
        let end = quoted.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (value, after) = quoted.split_at(end.expect("a closing quote"));
        found.push((name.to_owned(), value.to_owned()));
        rest = after[1..].strip_prefix(',').unwrap_or(&after[1..]);
        assert!(rest.is_empty() || after[1..].starts_with(','), "{text}");
    }
    let names: BTreeSet<&String> = found.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), found.len(), "a label twice: {text}");
    found
}

impl Family {
    fn check(&self, sample: &str) {
        let rest = sample.strip_prefix(&self.name);
        let suffix = rest.unwrap_or_else(|| panic!("{sample} is not of {}", self.name));
        let allowed: &[&str] = match self.kind.as_str() {
            "counter" => &["_total"],
            "gauge" => &[""],
            "info" => &["_info"],
            "histogram" => &["_bucket", "_sum", "_count"],
            other => panic!("{other} is not used here"),
        };
        assert!(allowed.contains(&suffix), "{sample} of a {}", self.kind);
    }
}

impl Exposition {
    pub(super) fn read(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").expect("the end is marked");
        let mut samples = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut family = None::<Family>;
        let mut helped = String::new();
        for line in body.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("a help text");
                assert!(!help.trim().is_empty() && !help.contains('\\'), "{line}");
                assert!(is_name(name) && seen.insert(name.to_owned()), "{line}");
                name.clone_into(&mut helped);
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a type");
                assert_eq!(name, helped, "a type without its help");
                family = Some(Family {
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                });
            } else if let Some(unit) = line.strip_prefix("# UNIT ") {
                let (name, unit) = unit.split_once(' ').expect("a unit");
                assert!(name.ends_with(&format!("_{unit}")), "{line}");
            } else {
                let (key, value) = line.rsplit_once(' ').expect("a sample");
                let (name, inner) = key.split_once('{').unwrap_or((key, "}"));
                family.as_ref().expect("a type comes before").check(name);
                labels(inner.strip_suffix('}').expect("the labels end"));
                let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
                assert!(value.is_finite() && value >= 0.0, "{line}");
                assert_eq!(samples.insert(key.to_owned(), value), None, "twice: {key}");
            }
        }
        let text = text.to_owned();
        let exposition = Self { text, samples };
        exposition.check_histograms();
        exposition
    }

    /// Buckets grow, and the last, without a bound, is the count.
    fn check_histograms(&self) {
        let mut histograms = BTreeMap::<(String, Vec<(String, String)>), Vec<(f64, f64)>>::new();
        let mut counts = BTreeMap::new();
        for (key, value) in &self.samples {
            let (name, inner) = key.split_once('{').unwrap_or((key, "}"));
            let mut labels = labels(inner.strip_suffix('}').unwrap());
            labels.sort();
            if let Some(name) = name.strip_suffix("_count") {
                counts.insert((name.to_owned(), labels), *value);
            } else if let Some(name) = name.strip_suffix("_bucket") {
                let le = labels.iter().position(|(name, _)| name == "le").unwrap();
                let bound = labels.remove(le).1.replace("+Inf", "inf").parse().unwrap();
                let buckets = histograms.entry((name.to_owned(), labels)).or_default();
                buckets.push((bound, *value));
            }
        }
        assert!(!histograms.is_empty());
        for (histogram, mut buckets) in histograms {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(buckets.is_sorted_by(|a, b| a.1 <= b.1), "{histogram:?}");
            let (bound, count) = *buckets.last().unwrap();
            assert!(bound.is_infinite(), "{histogram:?}");
            assert_eq!(counts.remove(&histogram), Some(count), "{histogram:?}");
        }
        assert!(counts.is_empty(), "counts without buckets: {counts:?}");
    }

    /// A sample that must be there.
    #[track_caller]
    pub(super) fn get(&self, key: &str) -> f64 {
        let found = self.samples.get(key).copied();
        found.unwrap_or_else(|| panic!("no {key} in\n{}", self.text))
    }

    /// The samples whose name begins so.
    pub(super) fn of<'e>(&'e self, name: &'e str) -> impl Iterator<Item = (&'e str, f64)> {
        let samples = self.samples.iter();
        samples
            .filter(move |(key, _)| key.starts_with(name))
            .map(|(key, value)| (key.as_str(), *value))
    }

    /// What has become of bookings, without what has not happened.
    pub(super) fn bookings(&self) -> BTreeMap<String, u32> {
        self.of("slotbridge_bookings_total{")
            .filter(|(_, count)| *count > 0.0)
            .map(|(key, count)| {
                let outcome = key.split('"').nth(1).unwrap().to_owned();
                (outcome, format!("{count}").parse().unwrap())
            })
            .collect()
    }
}
