//! Searches. A parameter that is not known is an error, as it is with `Prefer: handling=strict`.

use super::store::{Refusal, Store};
use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};

const TYPES: [&str; 6] = [
    "Schedule",
    "Slot",
    "Practitioner",
    "PractitionerRole",
    "Patient",
    "Appointment",
];

impl Store {
    /// The page of a search that its query names.
    pub(super) fn search(&self, base: &str, kind: &str, query: &str) -> Result<Value, Refusal> {
        if !TYPES.contains(&kind) {
            return Err(Refusal(404));
        }
        let number = |name: &str| -> Result<Option<usize>, Refusal> {
            let value = pairs(query).into_iter().find(|(of, _)| of == name);
            let number = value.map(|(_, value)| value.parse().map_err(|_| Refusal(400)));
            number.transpose()
        };
        let offset = number("_offset")?.unwrap_or(0);
        let count = number("_count")?.unwrap_or(10).min(self.page);
        let found = self.matches(kind, query)?;
        let page: Vec<&Value> = found.iter().skip(offset).take(count).collect();
        let mut entries: Vec<Value> = page.iter().map(|one| entry(base, one, "match")).collect();
        for include in pairs(query).iter().filter(|(name, _)| name == "_include") {
            let (of, element) = include.1.split_once(':').ok_or(Refusal(400))?;
            if of != kind {
                return Err(Refusal(400));
            }
            let included = page.iter().flat_map(|one| self.targets(&one[element]));
            for resource in included {
                let entry = entry(base, &resource, "include");
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
        }
        let mut links = vec![json!({"relation": "self", "url": format!("{base}/{kind}?{query}")})];
        if found.len() > offset + count {
            links.push(json!({"relation": "next", "url": next(base, kind, query, offset + count)}));
        }
        Ok(json!({
            "resourceType": "Bundle",
            "type": "searchset",
            "meta": {"lastUpdated": self.now.to_string()},
            "total": found.len(),
            "link": links,
            "entry": entries,
        }))
    }

    /// All that match a query.
    pub(super) fn matches(&self, kind: &str, query: &str) -> Result<Vec<Value>, Refusal> {
        let mut found: Vec<Value> = self.of_type(kind).cloned().collect();
        for (name, wanted) in pairs(query) {
            if ["_count", "_offset", "_include"].contains(&name.as_str()) {
                continue;
            }
            let mut kept = Vec::new();
            for resource in found {
                if is_match(&resource, &name, &wanted)? {
                    kept.push(resource);
                }
            }
            found = kept;
        }
        Ok(found)
    }

    fn targets(&self, element: &Value) -> Vec<Value> {
        let references = super::rules::references(element).into_iter();
        let keys = references.filter_map(|reference| reference.split_once('/'));
        keys.filter_map(|(kind, id)| self.read(kind, id).ok())
            .collect()
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://x/?{query}")).unwrap();
    url.query_pairs().into_owned().collect()
}

fn next(base: &str, kind: &str, query: &str, offset: usize) -> String {
    let mut url = Url::parse(&format!("{base}/{kind}")).unwrap();
    let kept = pairs(query)
        .into_iter()
        .filter(|(name, _)| name != "_offset");
    let all = kept.chain([("_offset".to_owned(), offset.to_string())]);
    url.query_pairs_mut().extend_pairs(all);
    url.to_string()
}

fn entry(base: &str, resource: &Value, mode: &str) -> Value {
    let [kind, id] = ["resourceType", "id"].map(|name| resource[name].as_str().unwrap());
    json!({
        "fullUrl": format!("{base}/{kind}/{id}"),
        "resource": resource,
        "search": {"mode": mode},
    })
}

fn is_match(resource: &Value, name: &str, wanted: &str) -> Result<bool, Refusal> {
    match (resource["resourceType"].as_str().unwrap(), name) {
        (_, "_lastUpdated") => is_at(&resource["meta"]["lastUpdated"], wanted),
        ("Patient" | "Appointment", "identifier") => Ok(has_identifier(resource, wanted)),
        ("Slot", "schedule") => Ok(resource["schedule"]["reference"] == wanted),
        ("Slot", "start") => is_at(&resource["start"], wanted),
        ("Appointment", "slot") => {
            let slots = super::rules::references(&resource["slot"]);
            Ok(wanted.split(',').any(|one| slots.contains(&one)))
        }
        _ => Err(Refusal(400)),
    }
}

fn has_identifier(resource: &Value, wanted: &str) -> bool {
    let (system, value) = wanted.split_once('|').unwrap();
    let identifiers = resource["identifier"].as_array().into_iter().flatten();
    let mut of_system = identifiers.filter(|one| one["system"] == system);
    of_system.any(|one| value.is_empty() || one["value"] == value)
}

/// Compares to the second, as the adapter asks.
fn is_at(at: &Value, wanted: &str) -> Result<bool, Refusal> {
    let at: Timestamp = at.as_str().unwrap().parse().map_err(|_| Refusal(500))?;
    let (how, than) = wanted.split_at_checked(2).ok_or(Refusal(400))?;
    let than: Timestamp = than.parse().map_err(|_| Refusal(400))?;
    match how {
        "ge" => Ok(at >= than),
        "lt" => Ok(at < than),
        _ => Err(Refusal(400)),
    }
}
