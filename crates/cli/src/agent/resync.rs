//! `slotbridge agent resync`: all is sent to the hub again.

use super::clinic::integration;
use super::clinics::Clinic;
use super::config;
use super::news::describe;
use super::state;
use crate::config::nearest;
use crate::failure::Failure;
use crate::out::{bad, harmless, say};
use crate::serve::runtime;
use slotbridge_agent::state::State;
use std::path::Path;

/// What to do while an agent runs.
const ADVICE: &str = "stop it, run this again, and start it. Or leave it running, and have the \
    hub's operator ask it for what is wanted: `slotbridge admin requests raise PRACTICE \
    availability --date DAY`, or pmsResources, or pmsAppointmentTypes";

/// Sends all that the hub should have of all clinics, or of one.
pub(crate) fn run(path: &Path, only: Option<&str>) -> Result<(), Failure> {
    let mut config = config::good(path)?;
    if let Some(name) = only {
        let names = config
            .clinics
            .iter()
            .map(|clinic| clinic.settings.name.as_str());
        let meant = nearest(name, names).unwrap_or_default().to_owned();
        config.clinics.retain(|clinic| clinic.settings.name == name);
        if config.clinics.is_empty() {
            let why = format!("there is no clinic {name} in {}", path.display());
            return Err(Failure::usage(format!("{why}; did you mean {meant}?")));
        }
    }
    let state = state::open(&config.state, ADVICE)?;
    let failed = runtime()?.block_on(all(&config.clinics, &state));
    match failed {
        0 => Ok(()),
        failed => Err(Failure::new(format!(
            "{failed} of {} clinics could not be sent: mend what is told above and run it again",
            config.clinics.len()
        ))),
    }
}

async fn all(clinics: &[Clinic], state: &State) -> usize {
    let mut failed = 0;
    for clinic in clinics {
        let name = &clinic.settings.name;
        let sent = match integration(clinic, state) {
            Ok(integration) => integration.resync().await,
            Err(stopped) => Err(stopped),
        };
        match sent {
            Ok(()) => say!("{name}: all was sent"),
            Err(stopped) => {
                failed += 1;
                say!(
                    "{name}: {} {}",
                    bad("not sent:"),
                    harmless(&describe(&stopped))
                );
            }
        }
    }
    failed
}
