//! Which PMS a clinic has.

use super::section::Section;
use jiff::tz::TimeZone;
use slotbridge_agent::adapter::{Adapter, Trouble};
use slotbridge_agent_book::Book;
use slotbridge_agent_fhir::{ConfigError, Fhir, FhirConfig};
use slotbridge_agent_folder::Folder;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const KINDS: &str = "must be \"book\", \"folder\" or \"fhir\"";

/// The PMS of a clinic.
pub(super) enum Pms {
    /// The demo's, in a file.
    Book(PathBuf),
    /// One that writes and reads files in a folder.
    Folder(PathBuf),
    /// One behind a FHIR server.
    Fhir(Box<FhirConfig>),
}

impl Pms {
    /// The adapter for it.
    pub(super) fn open(&self) -> Result<Arc<dyn Adapter>, Trouble> {
        Ok(match self {
            Self::Book(path) => Arc::new(Book::open(path)?),
            Self::Folder(path) => Arc::new(Folder::open(path)?),
            Self::Fhir(config) => {
                let fhir = Fhir::new((**config).clone());
                Arc::new(fhir.map_err(|error| Trouble::Later(error.to_string()))?)
            }
        })
    }
}

/// Reads `[clinic.pms]`.
pub(super) fn read(
    mut section: Section<'_>,
    folder: &Path,
    zone: Option<&TimeZone>,
) -> Option<Pms> {
    let kind = section.required("kind", KINDS)?;
    let pms = match kind.as_str() {
        "book" => path(&mut section, folder, "put in the book's file").map(Pms::Book),
        "folder" => {
            let what = "put in the folder that the PMS writes its files to";
            path(&mut section, folder, what).map(Pms::Folder)
        }
        "fhir" => fhir(&mut section, folder, zone),
        _ => {
            section.fault("kind", KINDS);
            // Which other keys there may be only the kind says.
            return None;
        }
    };
    section.finish();
    pms
}

fn path(section: &mut Section<'_>, folder: &Path, what: &str) -> Option<PathBuf> {
    Some(folder.join(section.required("path", what)?))
}

fn fhir(section: &mut Section<'_>, folder: &Path, zone: Option<&TimeZone>) -> Option<Pms> {
    let base_url = section.required("base_url", "put in the FHIR server's address");
    let has_token = section.has("token") || section.has("token_file");
    let token = has_token.then(|| {
        let what = "put in the server's token, or take the key out if it wants none";
        section.secret("token", "token_file", folder, what)
    });
    let name = section.text("default_type").filter(|name| !name.is_empty());
    let minutes = section.number("default_minutes", 1..=1440);
    let timeout = section.number("timeout_seconds", 1..=600);
    let mut config = FhirConfig::new(&base_url?, zone?.clone());
    config.token = match token {
        Some(token) => Some(token?),
        None => None,
    };
    config.default_type.name = name.unwrap_or(config.default_type.name);
    config.default_type.minutes = minutes.and_then(|minutes| u16::try_from(minutes).ok());
    let timeout = timeout.and_then(|seconds| u64::try_from(seconds).ok());
    config.timeout = timeout.map_or(config.timeout, Duration::from_secs);
    // It says what it does not like; whether the server answers is another matter.
    if let Err(error) = Fhir::new(config.clone()) {
        let key = match error {
            ConfigError::Token => "token",
            _ => "base_url",
        };
        section.fault(key, error);
        return None;
    }
    Some(Pms::Fhir(Box::new(config)))
}
