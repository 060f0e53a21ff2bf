//! What can be booked: a resource for each schedule, and the types that schedules are for.

use crate::Fhir;
use crate::fhir::{Concept, Reference, Schedule, as_resource, is_id, type_of};
use crate::names::{HumanName, Named};
use crate::server::{Read, Server};
use serde::Deserialize;
use serde_json::Value;
use slotbridge_agent::adapter::Trouble;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::collections::{BTreeMap, HashMap};

/// The id of the type that a practice has whose schedules name none.
pub(crate) const DEFAULT_TYPE: &str = "default";
/// The longest id and the longest name that the hub takes, in characters.
const LONGEST: usize = 255;

impl Fhir {
    /// The schedules in use.
    async fn schedules(&self) -> Result<Vec<Schedule>, Trouble> {
        let mut all: Vec<Schedule> = self.server.all_of(&[]).await?;
        all.retain(Schedule::is_active);
        Ok(all)
    }

    /// A schedule in use.
    pub(crate) async fn schedule(&self, id: &str) -> Result<Option<Schedule>, Trouble> {
        if !is_id(id) {
            return Ok(None);
        }
        let Read::Found(value) = self.server.read("Schedule", id).await? else {
            return Ok(None);
        };
        let schedule = as_resource::<Schedule>(&value);
        let schedule = schedule.ok_or_else(|| unreadable("Schedule", id))?;
        Ok(schedule.is_active().then_some(schedule))
    }

    pub(crate) async fn all_resources(&self) -> Result<Vec<PmsResource>, Trouble> {
        let query = [("_include", "Schedule:actor")];
        let all = self.server.all("Schedule", &query).await?;
        let mut actors = Actors::of(&all);
        let mut resources = Vec::new();
        for schedule in all.iter().filter_map(as_resource::<Schedule>) {
            if !schedule.is_active() {
                continue;
            }
            let actor = main_actor(&schedule.actor);
            let actor = match actor {
                Some(actor) => actors.named(&self.server, actor).await?,
                None => Some(Actor::default()),
            };
            if let Some(actor) = actor {
                resources.push((schedule, actor));
            }
        }
        Ok(distinct(resources))
    }

    pub(crate) async fn all_types(&self) -> Result<Vec<PmsAppointmentType>, Trouble> {
        let mut names = BTreeMap::<String, String>::new();
        for schedule in self.schedules().await? {
            for (id, name) in schedule.service_type.iter().flat_map(types) {
                names.entry(id).or_insert(name);
            }
        }
        if names.is_empty() {
            let default = &self.default_type;
            return Ok(vec![PmsAppointmentType {
                pms_appointment_type_id: DEFAULT_TYPE.to_owned(),
                pms_appointment_type_name: default.name.clone(),
                pms_appointment_length: default.minutes,
                pms_resource_id: None,
            }]);
        }
        let mut times = HashMap::<String, usize>::new();
        for name in names.values() {
            *times.entry(name.clone()).or_default() += 1;
        }
        let types = names.into_iter().map(|(id, name)| PmsAppointmentType {
            pms_appointment_type_name: match times.get(&name) {
                Some(2..) => cut(&format!("{name} ({id})")),
                _ => name,
            },
            pms_appointment_type_id: id,
            pms_appointment_length: None,
            pms_resource_id: None,
        });
        Ok(types.collect())
    }
}

pub(crate) fn unreadable(kind: &str, id: &str) -> Trouble {
    Trouble::Later(format!("{kind}/{id} of the FHIR server cannot be read"))
}

/// The types that a concept stands for, by id (`system|code`) and name.
pub(crate) fn types(concept: &Concept) -> impl Iterator<Item = (String, String)> {
    concept.coding.iter().filter_map(|coding| {
        let code = coding.code.as_deref()?;
        let system = coding.system.as_deref().unwrap_or_default();
        let id = format!("{system}|{code}");
        let own = coding.display.as_deref().or(concept.text.as_deref());
        let name = own.filter(|name| !name.trim().is_empty()).unwrap_or(code);
        (id.chars().count() <= LONGEST && !name.trim().is_empty()).then(|| (id, cut(name)))
    })
}

fn cut(name: &str) -> String {
    name.trim().chars().take(LONGEST).collect()
}

/// Whose schedule it is: a person if there is one, and not the room.
fn main_actor(actors: &[Reference]) -> Option<&Reference> {
    let is_a = |kind: &'static str| move |actor: &&Reference| actor.id_of(kind).is_some();
    let mut people = actors.iter().filter(is_a("Practitioner"));
    let mut roles = actors.iter().filter(is_a("PractitionerRole"));
    people.next().or_else(|| roles.next()).or(actors.first())
}

/// Somebody or something that has a schedule.
#[derive(Clone, Default)]
struct Actor {
    name: Named,
    specialty: Option<String>,
}

#[derive(Deserialize)]
struct Practitioner {
    active: Option<bool>,
    #[serde(default)]
    name: Vec<HumanName>,
}

#[derive(Deserialize)]
struct PractitionerRole {
    active: Option<bool>,
    practitioner: Option<Reference>,
    #[serde(default)]
    specialty: Vec<Concept>,
}

/// The actors that came with the schedules, and those that were read besides.
struct Actors(HashMap<(String, String), Value>);

impl Actors {
    fn of(all: &[Value]) -> Self {
        let keyed = all.iter().filter_map(|value| {
            let id = value.get("id").and_then(Value::as_str)?;
            Some(((type_of(value)?.to_owned(), id.to_owned()), value.clone()))
        });
        Self(keyed.collect())
    }

    /// An actor with its name; `None` if it is not active any more.
    async fn named(
        &mut self,
        server: &Server,
        reference: &Reference,
    ) -> Result<Option<Actor>, Trouble> {
        let shown = Named::shown(reference.display.as_deref());
        let mut actor = Actor {
            name: shown.clone(),
            specialty: None,
        };
        let Some(value) = self.found(server, reference).await? else {
            return Ok(Some(actor));
        };
        let mut person = Some(value.clone());
        if type_of(&value) == Some("PractitionerRole") {
            let Ok(role) = PractitionerRole::deserialize(&value) else {
                return Ok(Some(actor));
            };
            if role.active == Some(false) {
                return Ok(None);
            }
            let specialty = role.specialty.iter().find_map(Concept::shown);
            actor.specialty = specialty.map(str::to_owned);
            person = match &role.practitioner {
                Some(practitioner) => {
                    actor.name = shown.or(Named::shown(practitioner.display.as_deref()));
                    self.found(server, practitioner).await?
                }
                None => None,
            };
        }
        Ok(person.map_or(Some(actor.clone()), |person| with_name(actor, &person)))
    }

    async fn found(
        &mut self,
        server: &Server,
        reference: &Reference,
    ) -> Result<Option<Value>, Trouble> {
        let Some((kind, id)) = reference.target() else {
            return Ok(None);
        };
        let key = (kind.to_owned(), id.to_owned());
        if let Some(value) = self.0.get(&key) {
            return Ok(Some(value.clone()));
        }
        // A search includes a role, but not whose it is.
        if kind != "Practitioner" {
            return Ok(None);
        }
        let Read::Found(value) = server.read("Practitioner", id).await? else {
            return Ok(None);
        };
        self.0.insert(key, value.clone());
        Ok(Some(value))
    }
}

/// An actor with the name of a resource; `None` if that is not active any more.
fn with_name(mut actor: Actor, value: &Value) -> Option<Actor> {
    if let Some(name) = value.get("name").and_then(Value::as_str) {
        actor.name = Named::shown(Some(name));
    } else if let Ok(person) = Practitioner::deserialize(value) {
        if person.active == Some(false) {
            return None;
        }
        actor.name = HumanName::preferred(&person.name)
            .map(HumanName::named)
            .unwrap_or_default()
            .or(actor.name);
    }
    Some(actor)
}

/// The resources, no two of one name: where one practitioner has two schedules, each says what it
/// is for.
fn distinct(all: Vec<(Schedule, Actor)>) -> Vec<PmsResource> {
    let plain = |(schedule, actor): &(Schedule, Actor)| {
        let name = actor.name.text.clone();
        name.unwrap_or_else(|| format!("Schedule {}", schedule.id))
    };
    let special = |one: &(Schedule, Actor)| {
        let specialty = one.0.specialty.iter().find_map(Concept::shown);
        let specialty = specialty.or(one.1.specialty.as_deref());
        let purpose = specialty.or_else(|| one.0.service_type.iter().find_map(Concept::shown));
        purpose.map(|purpose| format!("{} ({purpose})", plain(one)))
    };
    let by_id = |one: &(Schedule, Actor)| format!("{} ({})", plain(one), one.0.id);
    let mut names: Vec<String> = all.iter().map(|one| cut(&plain(one))).collect();
    names = sharpened(&names, |at| all.get(at).and_then(special));
    names = sharpened(&names, |at| all.get(at).map(by_id));
    let named = all.into_iter().zip(names);
    let named = named.map(|((schedule, actor), name)| PmsResource {
        pms_resource_id: schedule.id,
        pms_resource_name: name,
        pms_practitioner_title: actor.name.title,
        pms_practitioner_firstname: actor.name.first,
        pms_practitioner_lastname: actor.name.last,
    });
    named.collect()
}

/// The names, with a sharper one wherever one stands twice.
fn sharpened(names: &[String], sharper: impl Fn(usize) -> Option<String>) -> Vec<String> {
    let mut times = HashMap::<&str, usize>::new();
    for name in names {
        *times.entry(name).or_default() += 1;
    }
    let sharpened = names.iter().enumerate().map(|(at, name)| {
        let is_shared = times.get(name.as_str()).is_some_and(|times| *times > 1);
        let sharper = is_shared.then(|| sharper(at)).flatten();
        sharper.map_or_else(|| name.clone(), |sharper| cut(&sharper))
    });
    sharpened.collect()
}
