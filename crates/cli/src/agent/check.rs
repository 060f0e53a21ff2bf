//! `slotbridge agent check`: all that is wrong, and nothing changed. The state is not opened: an
//! agent may run.

use super::adapters::Pms;
use super::clinics::Clinic;
use super::config::{self, Config};
use super::news::{describe, describe_hub};
use super::state;
use crate::failure::Failure;
use crate::out::{bad, faint, good, harmless, say, strong};
use crate::serve::runtime;
use jiff::civil::Date;
use reqwest::Url;
use slotbridge_agent::adapter::{Adapter, Trouble};
use slotbridge_client::wire::availability::AvailabilityRange;
use slotbridge_client::{Error, is_loopback};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What was found, as it is told.
#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn good(what: &str, text: &str) {
        say!("  {}     {what:<10} {}", good("ok"), harmless(text));
    }

    fn note(what: &str, text: &str) {
        say!("  {}   {what:<10} {}", faint("note"), harmless(text));
    }

    fn wrong(&mut self, what: &str, text: &str) {
        self.wrong += 1;
        say!("  {}  {what:<10} {}", bad("WRONG"), harmless(text));
    }
}

/// Looks at a settings file and at what it names.
pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let mut report = Report::default();
    say!("{}", strong(&path.display().to_string()));
    match config::read(path) {
        Ok(config) => {
            Report::good("settings", &format!("clinics: {}", config.clinics.len()));
            rights(path);
            whole(&mut report, &config);
            runtime()?.block_on(clinics(&mut report, &config));
        }
        Err(faults) => {
            for fault in faults {
                report.wrong("settings", &fault);
            }
        }
    }
    match report.wrong {
        0 => Ok(()),
        1 => Err(Failure::new("1 thing is wrong: mend it and check again")),
        wrong => Err(Failure::new(format!(
            "{wrong} things are wrong: mend them and check again"
        ))),
    }
}

/// Who may read the keys.
fn rights(path: &Path) {
    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        Report::note(
            "settings",
            "others may read the file and the keys in it: chmod 600",
        );
    }
}

/// What is the same for all clinics.
fn whole(report: &mut Report, config: &Config) {
    let state = config.state.display();
    let folder = config
        .state
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if !folder.unwrap_or(Path::new(".")).is_dir() {
        report.wrong(
            "state",
            &format!("{state}: the folder is not there: make it"),
        );
    } else if config.state.is_file() {
        Report::good("state", &state.to_string());
    } else {
        Report::good("state", &format!("{state} will be made at the first start"));
    }
    let Some(callbacks) = &config.callbacks else {
        Report::note("callbacks", "none: the hub is polled every 5 seconds");
        return;
    };
    let (hub, url) = (Url::parse(&config.hub), Url::parse(&callbacks.url));
    let (Ok(hub), Ok(url)) = (hub, url) else {
        return;
    };
    let local = is_loopback(&url) || matches!(url.host_str(), Some("0.0.0.0" | "[::]"));
    if local && !is_loopback(&hub) {
        report.wrong(
            "callbacks",
            "callbacks.url is this machine's own address: put in one that the hub reaches",
        );
    } else if url.scheme() == "http" && !local {
        Report::note(
            "callbacks",
            "callbacks.url is not https: others can read along",
        );
    } else {
        Report::good("callbacks", &callbacks.url);
    }
}

async fn clinics(report: &mut Report, config: &Config) {
    let mut hub_is_away = false;
    for clinic in &config.clinics {
        let settings = &clinic.settings;
        let title = format!("{} (practice {})", settings.name, clinic.practice_id);
        say!("{}", strong(&harmless(&title)));
        match pms(clinic).await {
            Ok(found) => found.tell(),
            Err(trouble) => report.wrong("PMS", &describe(&trouble.into())),
        }
        if hub_is_away {
            Report::note("hub", "not asked again");
            continue;
        }
        match clinic.client.poll_requests().await {
            Ok(waiting) if waiting.is_empty() => Report::good("hub", "answers; nothing waits"),
            Ok(waiting) => Report::good(
                "hub",
                &format!("answers; kinds of requests that wait: {}", waiting.len()),
            ),
            Err(error) => {
                hub_is_away = matches!(error, Error::Transport { .. });
                let mut why = describe_hub(&error);
                if matches!(error, Error::NotFound { .. }) {
                    why.push_str(". Does `hub` end with /pms-api/v1?");
                }
                report.wrong("hub", &why);
            }
        }
    }
}

/// What a PMS has.
enum Found {
    Has(String),
    /// It is made when it is first used.
    NotYet(String),
}

impl Found {
    fn tell(&self) {
        match self {
            Self::Has(text) => Report::good("PMS", text),
            Self::NotYet(text) => Report::note("PMS", text),
        }
    }
}

async fn pms(clinic: &Clinic) -> Result<Found, Trouble> {
    if let Pms::Book(path) = &clinic.pms {
        // To open it would make it.
        let folder = path
            .parent()
            .is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir());
        let shown = path.display();
        if !folder {
            return Err(Trouble::Later(format!(
                "{shown}: the folder is not there: make it"
            )));
        }
        if !path.exists() {
            let text = format!("{shown} is not there yet: the book is made at the first start");
            return Ok(Found::NotYet(text));
        }
    }
    let adapter = clinic.pms.open()?;
    let today = (state::now())()
        .to_zoned(clinic.settings.zone.clone())
        .date();
    Ok(Found::Has(count(&*adapter, today).await?))
}

async fn count(adapter: &dyn Adapter, today: Date) -> Result<String, Trouble> {
    let resources = adapter.resources().await?;
    let types = adapter.appointment_types().await?;
    let mut free = 0;
    for resource in &resources {
        let days = adapter
            .free_times(&resource.pms_resource_id, today, today)
            .await?;
        free += days.values().flatten().map(times).sum::<i64>();
    }
    Ok(format!(
        "answers; resources: {}, appointment types: {}, free times today: {free}",
        resources.len(),
        types.len()
    ))
}

/// How many appointments fit into a range; one, if their length does not say.
fn times(range: &AvailabilityRange) -> i64 {
    let length = i64::from(range.end) - i64::from(range.start);
    length.checked_div(range.slot_length).unwrap_or(1)
}
