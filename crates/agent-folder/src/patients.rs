//! Who is a patient: those whom the PMS has, and those whom it is to have.

use crate::exports::PATIENTS;
use crate::fault::Fault;
use crate::journal::Journal;
use crate::new_patients::NewPatients;
use crate::person;
use crate::watched::Stamp;
use slotbridge_agent::adapter::{NewPatient, Patients, PmsPatient};
use slotbridge_client::wire::bookings::Patient;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The patients. Between two questions only ids and digests are held, not people.
pub(crate) struct Register {
    folder: PathBuf,
    new: NewPatients,
    journal: Journal<String, u64>,
    /// What was there when it was last looked at.
    seen: Option<(Stamp, u64)>,
}

impl Register {
    /// The patients of a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Fault> {
        Ok(Self {
            folder: folder.to_owned(),
            new: NewPatients::open(folder)?,
            journal: Journal::default(),
            seen: None,
        })
    }

    /// Adds a patient, once for each booking, and gives the id.
    pub(crate) fn add(&mut self, new: &NewPatient) -> Result<String, Fault> {
        self.new.add(new)
    }

    /// Those that changed since a mark; without one, all.
    pub(crate) fn since(&mut self, mark: Option<&str>) -> Result<Patients, Fault> {
        let since = self.journal.since(mark.and_then(|mark| mark.parse().ok()));
        let now = (PATIENTS.stamp(&self.folder)?, self.new.revision);
        let mut people = BTreeMap::new();
        // The file is large, and mostly as it was.
        if self.seen != Some(now) || self.journal.changed(since).next().is_some() {
            people = self.look()?;
        }
        let changed = self.journal.changed(since);
        // Since ever, nobody is gone.
        let changed = changed.filter(|(_, there)| there.is_some() || mark.is_some());
        let changed = changed.map(|(id, _)| PmsPatient {
            id: id.clone(),
            person: people.remove(id),
        });
        Ok(Patients {
            changed: changed.collect(),
            mark: self.journal.mark().to_string(),
        })
    }

    fn look(&mut self) -> Result<BTreeMap<String, Patient>, Fault> {
        let (stamp, mut people) = PATIENTS.read(&self.folder)?;
        self.new.take_up(&people)?;
        for (id, person) in self.new.waiting() {
            people.insert(id.to_owned(), person.clone());
        }
        let digests = people.iter().map(|(id, one)| (id.clone(), digest(one)));
        self.journal.look(digests.collect());
        self.seen = Some((stamp, self.new.revision));
        Ok(people)
    }
}

fn digest(person: &Patient) -> u64 {
    let mut hasher = DefaultHasher::new();
    person::texts(person).hash(&mut hasher);
    hasher.finish()
}
