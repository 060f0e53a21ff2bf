//! The agent's settings file, or all that is wrong with it.

use super::callbacks::{self, Callbacks};
use super::clinics::{self, Clinic};
use super::hub;
use super::section::{Faults, Section};
use crate::config::syntax;
use crate::failure::Failure;
use std::path::{Path, PathBuf};
use toml::Table;

/// The state, if nothing is said.
const STATE: &str = "slotbridge-agent.sqlite";

/// What an agent is told.
pub(super) struct Config {
    /// The hub's address, to be shown.
    pub(super) hub: String,
    /// The file of the state.
    pub(super) state: PathBuf,
    /// How the hub calls back, if it does.
    pub(super) callbacks: Option<Callbacks>,
    /// The clinics; at least one.
    pub(super) clinics: Vec<Clinic>,
}

/// Reads a settings file.
pub(super) fn read(path: &Path) -> Result<Config, Vec<String>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let advice = "name one with --config, or have one made with `slotbridge agent init`";
        vec![format!("{shown} cannot be read: {error}; {advice}")]
    })?;
    let table: Table = text
        .parse()
        .map_err(|error| vec![format!("{shown}{}", syntax(&text, &error))])?;
    let faults = Faults::default();
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = whole(Section::new(table, "", &faults), folder);
    let faults = faults.into_inner();
    config.filter(|_| faults.is_empty()).ok_or(faults)
}

fn whole(mut top: Section<'_>, folder: &Path) -> Option<Config> {
    let client = hub::client(&mut top, folder);
    let state = top.text("state").filter(|state| !state.is_empty());
    let state = folder.join(state.unwrap_or_else(|| STATE.to_owned()));
    let callbacks = top.section("callbacks").and_then(callbacks::read);
    let url = callbacks.as_ref().map(|called| called.url.as_str());
    let clinics = clinics::read(&mut top, folder, client.as_ref(), url);
    top.finish();
    // Callbacks that are there and wrong have left their fault.
    Some(Config {
        hub: client?.0,
        state,
        callbacks,
        clinics: clinics?,
    })
}

/// All that is wrong, for those who need it whole.
pub(super) fn good(path: &Path) -> Result<Config, Failure> {
    read(path).map_err(|faults| {
        let shown = path.display();
        match faults.as_slice() {
            [one] if one.starts_with(&shown.to_string()) => Failure::new(one),
            faults => Failure::new(format!("{shown}:\n  {}", faults.join("\n  "))),
        }
    })
}
