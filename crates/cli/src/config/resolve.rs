//! Which value is in force, and where it comes from.

use super::table::{Setting, TABLE};
use super::{Flags, Settings, file};
use crate::failure::Failure;
use std::collections::BTreeMap;
use std::env::VarError;
use std::path::PathBuf;

/// Where a value comes from, the weakest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Nobody said anything.
    #[default]
    Default,
    /// The settings file.
    File(PathBuf),
    /// The environment.
    Environment,
    /// A flag.
    Flag,
}

/// The settings in force, each with its source.
pub(crate) struct Resolved {
    /// The settings.
    pub(crate) settings: Settings,
    /// The sources of those that somebody set.
    pub(crate) sources: BTreeMap<&'static str, Source>,
}

impl Resolved {
    /// Where a setting's value comes from.
    pub(crate) fn source(&self, name: &str) -> Source {
        self.sources.get(name).cloned().unwrap_or_default()
    }
}

/// An environment: what [`std::env::var`] answers.
pub(super) type Environment<'e> = &'e dyn Fn(&str) -> Result<String, VarError>;

/// The environment of this process.
fn process(name: &str) -> Result<String, VarError> {
    std::env::var(name)
}

/// Reads flags, environment and file.
pub(crate) fn resolve(flags: &Flags) -> Result<Resolved, Failure> {
    resolve_in(flags, &process)
}

/// What is wrong, and whether the command line alone is to blame.
#[derive(Default)]
struct Faults {
    texts: Vec<String>,
    elsewhere: bool,
}

impl Faults {
    fn add(&mut self, source: &Source, text: String) {
        self.texts.push(text);
        self.elsewhere |= *source != Source::Flag;
    }

    fn end(self) -> Result<(), Failure> {
        let text = self.texts.join("; ");
        match self {
            Self { texts, .. } if texts.is_empty() => Ok(()),
            Self {
                elsewhere: false, ..
            } => Err(Failure::usage(text)),
            _ => Err(Failure::new(text)),
        }
    }
}

pub(super) fn resolve_in(flags: &Flags, environment: Environment<'_>) -> Result<Resolved, Failure> {
    let mut faults = Faults::default();
    let path = match &flags.config {
        Some(path) => Some(path.clone()),
        None => variable(environment, "SLOTBRIDGE_CONFIG")?.map(PathBuf::from),
    };
    let mut in_file = BTreeMap::new();
    if let Some(path) = &path {
        match file::read(path) {
            Ok(read) => in_file = read,
            Err(found) => {
                let source = Source::File(path.clone());
                found.into_iter().for_each(|text| faults.add(&source, text));
            }
        }
    }
    let mut resolved = Resolved {
        settings: Settings::default(),
        sources: BTreeMap::new(),
    };
    for setting in TABLE {
        let from_file = || {
            let text = in_file.get(setting.name).filter(|text| !text.is_empty())?;
            Some((text.clone(), Source::File(path.clone().unwrap_or_default())))
        };
        let from_environment = variable(environment, &setting.variable())?;
        let given = flags
            .get(setting.name)
            .map(|text| (text.to_owned(), Source::Flag))
            .or_else(|| from_environment.map(|text| (text, Source::Environment)))
            .or_else(from_file);
        let Some((text, source)) = given else {
            continue;
        };
        if let Err(must) = (setting.read)(&mut resolved.settings, &text) {
            faults.add(&source, fault(setting, &source, &must, &text));
        }
        resolved.sources.insert(setting.name, source);
    }
    agree(&mut resolved, &mut faults);
    faults.end()?;
    Ok(resolved)
}

/// A variable; one that is empty counts as not set.
fn variable(environment: Environment<'_>, name: &str) -> Result<Option<String>, Failure> {
    match environment(name) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::new(format!("{name} is no UTF-8 text"))),
    }
}

fn fault(setting: &Setting, source: &Source, must: &str, text: &str) -> String {
    let name = place(setting, source);
    if setting.secret {
        format!("{name} {must}")
    } else {
        format!("{name} {must}, not {text:?}")
    }
}

/// What the setting is called where it was given.
fn place(setting: &Setting, source: &Source) -> String {
    match source {
        Source::Flag => setting.flag(),
        Source::Environment => setting.variable(),
        Source::File(path) => format!("{} in {}", setting.name, path.display()),
        Source::Default => setting.name.to_owned(),
    }
}

/// What two settings say together.
fn agree(resolved: &mut Resolved, faults: &mut Faults) {
    let [folder, url] = ["data_dir", "database_url"].map(|name| resolved.source(name));
    if folder == Source::Flag && url != Source::Flag && url != Source::Default {
        faults.add(
            &Source::Flag,
            "--data-dir asks for the embedded store, but a database_url is set too (slotbridge \
             config shows where): remove that, or set SLOTBRIDGE_DATA_DIR if the folder is only \
             to hold the operator token"
                .into(),
        );
    }
    let replica = resolved.source("database_replica_url");
    if replica != Source::Default && url == Source::Default {
        faults.add(
            &replica,
            "database_replica_url is set without database_url: the embedded store has no read \
             replica; take it out, or name the primary in database_url"
                .into(),
        );
    }
    let [key, file] = ["master_key", "master_key_file"].map(|name| resolved.source(name));
    match (&key, &file) {
        (Source::Default, _) | (_, Source::Default) => {}
        _ if key > file => resolved.settings.master_key_file = None,
        _ if key < file => resolved.settings.master_key = None,
        _ => faults.add(&key, "give master_key or master_key_file, not both".into()),
    }
}

#[cfg(test)]
mod tests;
