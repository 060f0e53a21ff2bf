//! Which PMS a clinic has.

use super::section::Section;
use super::state;
use jiff::tz::TimeZone;
use slotbridge_agent::adapter::{Adapter, Trouble};
use slotbridge_agent_book::Book;
use slotbridge_agent_fhir::{ClientCredentials, ConfigError, Credentials, Fhir, FhirConfig};
use slotbridge_agent_folder::Folder;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The secret of a client that has none in the file may stand here.
const CLIENT_SECRET: &str = "SLOTBRIDGE_AGENT_CLIENT_SECRET";

/// What is to be known of a client.
const CLIENT: [&str; 5] = [
    "token_url",
    "client_id",
    "client_secret",
    "client_secret_file",
    "scope",
];

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
                let fhir = Fhir::new((**config).clone(), state::now());
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
    let credentials = credentials(section, folder);
    let name = section.text("default_type").filter(|name| !name.is_empty());
    let minutes = section.number("default_minutes", 1..=1440);
    let timeout = section.number("timeout_seconds", 1..=600);
    let mut config = FhirConfig::new(&base_url?, zone?.clone());
    config.credentials = credentials?;
    config.default_type.name = name.unwrap_or(config.default_type.name);
    config.default_type.minutes = minutes.and_then(|minutes| u16::try_from(minutes).ok());
    let timeout = timeout.and_then(|seconds| u64::try_from(seconds).ok());
    config.timeout = timeout.map_or(config.timeout, Duration::from_secs);
    // It says what it does not like; whether the server answers is another matter.
    if let Err(error) = Fhir::new(config.clone(), state::now()) {
        let key = match error {
            ConfigError::Token => "token",
            ConfigError::TokenUrl => "token_url",
            ConfigError::Client => "client_id",
            _ => "base_url",
        };
        section.fault(key, error);
        return None;
    }
    Some(Pms::Fhir(Box::new(config)))
}

/// How the adapter shows itself to a FHIR server; `None` if something is wrong with that.
fn credentials(section: &mut Section<'_>, folder: &Path) -> Option<Credentials> {
    let is_client = CLIENT.iter().any(|key| section.has(key));
    if section.has("token") || section.has("token_file") {
        if is_client {
            section.fault("token", "is there as well as a client's keys: take one out");
            // Known keys all the same.
            let _ = CLIENT.map(|key| section.text(key));
        }
        let what = "put in the server's token, or take the key out if it wants none";
        let token = section.secret("token", "token_file", folder, what);
        return token.filter(|_| !is_client).map(Credentials::Token);
    }
    if !is_client {
        return Some(Credentials::None);
    }
    let what = "put in the authorization server's token endpoint";
    let token_url = section.required("token_url", what);
    let what = "put in what the authorization server calls the agent";
    let client_id = section.required("client_id", what);
    let client_secret = client_secret(section, folder);
    let scope = section.text("scope").filter(|scope| !scope.is_empty());
    Some(Credentials::Client(ClientCredentials {
        token_url: token_url?,
        client_id: client_id?,
        client_secret: client_secret?,
        scope,
    }))
}

/// A clinic's own secret counts before that of the environment, which is the same for all.
fn client_secret(section: &mut Section<'_>, folder: &Path) -> Option<String> {
    let is_there = section.has("client_secret") || section.has("client_secret_file");
    let given = std::env::var(CLIENT_SECRET).unwrap_or_default();
    if !is_there && !given.trim().is_empty() {
        return Some(given.trim().to_owned());
    }
    let what = format!("put in the client's secret, or set {CLIENT_SECRET}");
    section.secret("client_secret", "client_secret_file", folder, &what)
}
