//! The resources, each with its versions, and what may be done to them.

use super::rules;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A status that is no success.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(
    /// The status.
    pub u16,
);

#[derive(Clone)]
enum Record {
    Here(Value),
    Deleted,
}

/// All resources.
#[derive(Clone)]
pub struct Store {
    resources: BTreeMap<(String, String), Record>,
    ids: u32,
    /// The server's clock. It goes on by a second with every write.
    pub now: Timestamp,
    /// The most resources of a page.
    pub page: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            resources: BTreeMap::new(),
            ids: 0,
            now: "2027-03-01T00:00:00Z".parse().unwrap(),
            page: 100,
        }
    }
}

fn key(kind: &str, id: &str) -> (String, String) {
    (kind.to_owned(), id.to_owned())
}

/// A resource with other elements, or more of them.
pub fn with(mut resource: Value, elements: Value) -> Value {
    if let (Value::Object(resource), Value::Object(elements)) = (&mut resource, elements) {
        resource.extend(elements);
    }
    resource
}

impl Store {
    /// The resources of a type, in the order of their ids.
    pub(super) fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let all = self.resources.iter().filter(move |((of, _), _)| of == kind);
        all.filter_map(|(_, record)| match record {
            Record::Here(value) => Some(value),
            Record::Deleted => None,
        })
    }

    /// How many resources of a type there are.
    pub fn count(&self, kind: &str) -> usize {
        self.of_type(kind).count()
    }

    /// A resource.
    ///
    /// # Errors
    /// It is not there, or not any more.
    pub fn read(&self, kind: &str, id: &str) -> Result<Value, Refusal> {
        match self.resources.get(&key(kind, id)) {
            Some(Record::Here(value)) => Ok(value.clone()),
            Some(Record::Deleted) => Err(Refusal(410)),
            None => Err(Refusal(404)),
        }
    }

    /// Writes a resource, which has an id, as its next version: with no rules but those of versions.
    pub fn put(&mut self, mut resource: Value) -> Value {
        let kind = resource["resourceType"].as_str().unwrap().to_owned();
        let id = resource["id"].as_str().unwrap().to_owned();
        let before = self.read(&kind, &id).ok();
        let before = before.and_then(|value| value["meta"]["versionId"].as_str()?.parse().ok());
        let version: u32 = before.unwrap_or(0) + 1;
        self.now += SignedDuration::from_secs(1);
        resource["meta"] =
            json!({"versionId": version.to_string(), "lastUpdated": self.now.to_string()});
        let record = Record::Here(resource.clone());
        self.resources.insert(key(&kind, &id), record);
        resource
    }

    /// Changes elements of a resource.
    pub fn change(&mut self, kind: &str, id: &str, elements: Value) {
        let resource = self.read(kind, id).unwrap();
        self.put(with(resource, elements));
    }

    /// Deletes a resource.
    pub fn delete(&mut self, kind: &str, id: &str) {
        self.resources.insert(key(kind, id), Record::Deleted);
    }

    /// Creates a resource, unless there is one that the condition finds.
    pub(super) fn create(
        &mut self,
        kind: &str,
        mut resource: Value,
        unless: Option<&str>,
    ) -> Result<(u16, Value), Refusal> {
        if resource["resourceType"].as_str() != Some(kind) {
            return Err(Refusal(400));
        }
        if let Some(condition) = unless {
            let mut found = self.matches(kind, condition)?;
            match (found.pop(), found.is_empty()) {
                (Some(only), true) => return Ok((200, only)),
                (Some(_), false) => return Err(Refusal(412)),
                (None, _) => {}
            }
        }
        rules::check(&resource)?;
        self.ids += 1;
        resource["id"] = json!(format!("new-{}", self.ids));
        Ok((201, self.put(resource)))
    }

    fn update(
        &mut self,
        url: &str,
        resource: Value,
        if_match: Option<&str>,
    ) -> Result<Value, Refusal> {
        let (kind, id) = url.split_once('/').ok_or(Refusal(400))?;
        let here = [resource["resourceType"].as_str(), resource["id"].as_str()];
        if here != [Some(kind), Some(id)] {
            return Err(Refusal(400));
        }
        let before = self.read(kind, id);
        if let Some(version) = if_match {
            let before = before.map_err(|_| Refusal(412))?;
            let now = format!("W/\"{}\"", before["meta"]["versionId"].as_str().unwrap());
            if version != now {
                return Err(Refusal(412));
            }
        }
        rules::check(&resource)?;
        Ok(self.put(resource))
    }

    /// Makes a transaction: creations first, as the specification wants it, and all or nothing.
    pub(super) fn transaction(&mut self, bundle: &Value) -> Result<Value, Refusal> {
        let is_one = bundle["resourceType"] == "Bundle" && bundle["type"] == "transaction";
        let entries = bundle["entry"]
            .as_array()
            .filter(|_| is_one)
            .ok_or(Refusal(400))?;
        let mut after = self.clone();
        let mut answers = vec![Value::Null; entries.len()];
        for method in ["POST", "PUT"] {
            for (at, entry) in entries.iter().enumerate() {
                let request = &entry["request"];
                if request["method"] == method {
                    let (status, written) = after.entry(request, entry["resource"].clone())?;
                    answers[at] = answer(status, &written);
                }
            }
        }
        if answers.contains(&Value::Null) {
            return Err(Refusal(400));
        }
        let written = entries.iter().map(|entry| &entry["resource"]);
        for resource in written {
            after.check_references(resource)?;
        }
        *self = after;
        Ok(json!({"resourceType": "Bundle", "type": "transaction-response", "entry": answers}))
    }

    fn entry(&mut self, request: &Value, resource: Value) -> Result<(u16, Value), Refusal> {
        let url = request["url"].as_str().ok_or(Refusal(400))?;
        if request["method"] == "POST" {
            return self.create(url, resource, request["ifNoneExist"].as_str());
        }
        let written = self.update(url, resource, request["ifMatch"].as_str())?;
        Ok((200, written))
    }

    /// What a resource refers to has to be there.
    fn check_references(&self, resource: &Value) -> Result<(), Refusal> {
        for target in rules::references(resource) {
            let (kind, id) = target.split_once('/').ok_or(Refusal(400))?;
            self.read(kind, id).map_err(|_| Refusal(422))?;
        }
        Ok(())
    }
}

fn answer(status: u16, written: &Value) -> Value {
    let text = if status == 201 {
        "201 Created"
    } else {
        "200 OK"
    };
    let [kind, id] = ["resourceType", "id"].map(|name| written[name].as_str().unwrap());
    let version = written["meta"]["versionId"].as_str().unwrap();
    json!({"response": {
        "status": text,
        "location": format!("{kind}/{id}/_history/{version}"),
        "etag": format!("W/\"{version}\""),
    }})
}
