//! What is said of a clinic: that it works, trouble with the hub or with the PMS when it begins and when
//! it is over, and what somebody has to do. No personal data are in it.

use crate::out::harmless;
use crate::system;
use slotbridge_agent::clinic::{Side, Stopped, without_values};
use slotbridge_agent::service::{News, Tell};
use slotbridge_client::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long nothing may go wrong with a side until trouble with it is over. One thing that works between
/// two that do not is no end of it.
const QUIET: Duration = Duration::from_secs(30);
/// How many kinds of trouble are told until it is over.
const MOST: usize = 20;

/// How one side stands.
#[derive(Default)]
struct Standing {
    /// What was told of trouble that is not over.
    told: BTreeSet<String>,
    /// Whether it ever worked.
    worked: bool,
    /// Counts what is heard of trouble.
    turn: u64,
}

type Standings = BTreeMap<Side, Standing>;

/// Who speaks for a clinic, or for the hub.
pub(super) struct Speaker {
    clinic: String,
    standings: Mutex<Standings>,
    /// Who speaks for the hub: when it does not answer, that is told once and not by each clinic.
    hub: Option<Arc<Self>>,
}

impl Speaker {
    /// Who speaks for the hub to which all clinics talk.
    pub(super) fn of_hub() -> Arc<Self> {
        Self::new("all", [Side::Hub], None)
    }

    /// Who speaks for a clinic.
    pub(super) fn of_clinic(clinic: &str, hub: &Arc<Self>) -> Arc<Self> {
        Self::new(clinic, Side::ALL, Some(Arc::clone(hub)))
    }

    fn new(
        clinic: &str,
        sides: impl IntoIterator<Item = Side>,
        hub: Option<Arc<Self>>,
    ) -> Arc<Self> {
        let sides = sides.into_iter();
        Arc::new(Self {
            clinic: clinic.to_owned(),
            standings: Mutex::new(sides.map(|side| (side, Standing::default())).collect()),
            hub,
        })
    }

    /// What a service tells its news to.
    pub(super) fn tell(self: &Arc<Self>) -> Tell {
        let speaker = Arc::clone(self);
        Arc::new(move |news| speaker.hear(&news))
    }

    fn hear(self: &Arc<Self>, news: &News<'_>) {
        match (news, &self.hub) {
            (News::Works(side), hub) => {
                self.works(*side);
                if let (Side::Hub, Some(hub)) = (side, hub) {
                    hub.works(Side::Hub);
                }
            }
            (News::Troubled(Stopped::Hub(error @ Error::Transport { .. })), Some(hub)) => {
                hub.trouble(Side::Hub, &describe_hub(error));
            }
            (News::Troubled(stopped), _) => self.troubled(stopped),
            (News::WithoutConsent(error), _) => self.trouble(Side::Hub, &describe_hub(error)),
        }
    }

    fn standings(&self) -> MutexGuard<'_, Standings> {
        self.standings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// It stopped: told if it is news.
    pub(super) fn troubled(&self, stopped: &Stopped) {
        self.trouble(stopped.side(), &describe(stopped));
    }

    fn trouble(&self, side: Side, why: &str) {
        let mut standings = self.standings();
        let standing = standings.entry(side).or_default();
        standing.turn += 1;
        if standing.told.len() < MOST && standing.told.insert(why.to_owned()) {
            tracing::warn!(clinic = self.clinic, "trouble: {}", harmless(why));
        }
    }

    fn works(self: &Arc<Self>, side: Side) {
        let mut standings = self.standings();
        let standing = standings.entry(side).or_default();
        if !standing.told.is_empty() {
            let (speaker, turn) = (Arc::clone(self), standing.turn);
            tokio::spawn(async move {
                system::pause(QUIET).await;
                speaker.over(side, turn);
            });
        } else if !standing.worked {
            standing.worked = true;
            // That the hub works is no news.
            if self.hub.is_some() && standings.values().all(|one| one.worked) {
                tracing::info!(clinic = self.clinic, "works");
            }
        }
    }

    /// Trouble is over, if nothing was heard of it since.
    fn over(&self, side: Side, turn: u64) {
        let mut standings = self.standings();
        let standing = standings.entry(side).or_default();
        if standing.turn == turn && !standing.told.is_empty() {
            standing.told.clear();
            standing.worked = true;
            tracing::info!(clinic = self.clinic, "{side} works again");
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
    let said = without_values(error);
    match error.advice() {
        Some(advice) => format!("{said}. {advice}"),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_consent_tells_what_to_do() {
        let error = "no consent".to_owned();
        let told = describe_hub(&Error::Forbidden { error });
        assert!(told.contains("consent to this integration anew"), "{told}");
    }

    fn told(speaker: &Speaker, side: Side) -> usize {
        speaker.standings().entry(side).or_default().told.len()
    }

    #[test]
    fn trouble_is_told_once_until_it_is_over() {
        let speaker = Speaker::of_clinic("north", &Speaker::of_hub());
        for _ in 0..3 {
            speaker.trouble(Side::Pms, "away");
        }
        speaker.trouble(Side::Pms, "elsewhere");
        assert_eq!(told(&speaker, Side::Pms), 2);
        // Something was heard in between.
        speaker.over(Side::Pms, 3);
        assert_eq!(told(&speaker, Side::Pms), 2);
        speaker.over(Side::Pms, 4);
        assert_eq!(told(&speaker, Side::Pms), 0);
    }

    #[test]
    fn trouble_with_one_side_does_not_end_with_that_of_another() {
        let speaker = Speaker::of_clinic("north", &Speaker::of_hub());
        speaker.trouble(Side::Pms, "away");
        speaker.trouble(Side::Hub, "away");
        speaker.over(Side::Hub, 1);
        assert_eq!(
            (told(&speaker, Side::Hub), told(&speaker, Side::Pms)),
            (0, 1)
        );
    }
}
