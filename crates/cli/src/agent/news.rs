//! What is said of a clinic: that it works, trouble when it begins and when it is over, and what
//! somebody has to do. No personal data are in it.

use crate::out::harmless;
use crate::system;
use slotbridge_agent::clinic::Stopped;
use slotbridge_agent::service::{News, Tell};
use slotbridge_client::Error;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long nothing may go wrong until trouble is over. One thing that works between two that do not
/// is no end of it: the PMS may be away while the hub answers.
const QUIET: Duration = Duration::from_secs(30);
/// How many kinds of trouble are told until it is over.
const MOST: usize = 20;

/// How a clinic stands.
#[derive(Default)]
struct Standing {
    /// What was told of trouble that is not over.
    told: BTreeSet<String>,
    /// Whether it ever worked.
    worked: bool,
    /// Counts what is heard of trouble.
    turn: u64,
}

/// Who speaks for a clinic, or for the hub.
pub(super) struct Speaker {
    clinic: String,
    standing: Mutex<Standing>,
    /// Who speaks for the hub: when it does not answer, that is told once and not by each clinic.
    hub: Option<Arc<Self>>,
}

impl Speaker {
    /// Who speaks for the hub to which all clinics talk.
    pub(super) fn of_hub() -> Arc<Self> {
        let standing = Standing {
            // That it works is no news.
            worked: true,
            ..Standing::default()
        };
        Arc::new(Self {
            clinic: "all".to_owned(),
            standing: Mutex::new(standing),
            hub: None,
        })
    }

    /// Who speaks for a clinic.
    pub(super) fn of_clinic(clinic: &str, hub: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self {
            clinic: clinic.to_owned(),
            standing: Mutex::default(),
            hub: Some(Arc::clone(hub)),
        })
    }

    /// What a service tells its news to.
    pub(super) fn tell(self: &Arc<Self>) -> Tell {
        let speaker = Arc::clone(self);
        Arc::new(move |news| speaker.hear(&news))
    }

    fn hear(self: &Arc<Self>, news: &News<'_>) {
        match (news, &self.hub) {
            (News::Works, hub) => {
                self.works();
                if let Some(hub) = hub {
                    hub.works();
                }
            }
            (News::Troubled(Stopped::Hub(error @ Error::Transport { .. })), Some(hub)) => {
                hub.trouble(&describe_hub(error));
            }
            (News::Troubled(stopped), _) => self.trouble(&describe(stopped)),
            (News::WithoutConsent(error), _) => self.trouble(&describe_hub(error)),
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something went wrong: told if it is news.
    pub(super) fn trouble(&self, why: &str) {
        let mut standing = self.standing();
        standing.turn += 1;
        if standing.told.len() < MOST && standing.told.insert(why.to_owned()) {
            tracing::warn!(clinic = self.clinic, "trouble: {}", harmless(why));
        }
    }

    fn works(self: &Arc<Self>) {
        let mut standing = self.standing();
        if !standing.told.is_empty() {
            let (speaker, turn) = (Arc::clone(self), standing.turn);
            tokio::spawn(async move {
                system::pause(QUIET).await;
                speaker.over(turn);
            });
        } else if !standing.worked {
            standing.worked = true;
            tracing::info!(clinic = self.clinic, "works");
        }
    }

    /// Trouble is over, if nothing was heard of it since.
    fn over(&self, turn: u64) {
        let mut standing = self.standing();
        if standing.turn == turn && !standing.told.is_empty() {
            standing.told.clear();
            standing.worked = true;
            tracing::info!(clinic = self.clinic, "works again");
        }
    }
}

/// Why a clinic stopped, and what to do.
pub(super) fn describe(stopped: &Stopped) -> String {
    match stopped {
        Stopped::Hub(error) => describe_hub(error),
        Stopped::Pms(trouble) => trouble.to_string(),
        Stopped::State(error) => {
            format!(
                "{error}. Nothing is done until it can: look at the disk and the file's rights."
            )
        }
    }
}

/// What the hub did not do, and what to do.
pub(super) fn describe_hub(error: &Error) -> String {
    let said = match error {
        // What stands in a field may be of a patient: its name will do.
        Error::Invalid { .. } => {
            let names = error.reasons().map(|reason| reason.split(": ").next());
            let names: Vec<&str> = names.flatten().collect();
            format!("the hub did not take it (400): {}", names.join(", "))
        }
        other => other.to_string(),
    };
    match error.advice() {
        Some(advice) => format!("{said}. {advice}"),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_hub_is_told_without_what_was_refused() {
        let error = "patient.dob: must be a date, not 1985; b: Nguyen".to_owned();
        let told = describe_hub(&Error::Invalid { error });
        assert_eq!(told, "the hub did not take it (400): patient.dob, b");
    }

    #[test]
    fn no_consent_tells_what_to_do() {
        let error = "no consent".to_owned();
        let told = describe_hub(&Error::Forbidden { error });
        assert!(told.contains("consent to this integration anew"), "{told}");
    }

    #[test]
    fn trouble_is_told_once_until_it_is_over() {
        let speaker = Speaker::of_clinic("north", &Speaker::of_hub());
        for _ in 0..3 {
            speaker.trouble("away");
        }
        speaker.trouble("elsewhere");
        assert_eq!(speaker.standing().told.len(), 2);
        // Something was heard in between.
        speaker.over(3);
        assert_eq!(speaker.standing().told.len(), 2);
        speaker.over(4);
        assert!(speaker.standing().told.is_empty());
    }
}
