//! One clinic of a running agent: begun, kept going, and ended with the others.

use super::clinics;
use super::news::Speaker;
use super::state;
use crate::serve::stopping;
use crate::system;
use slotbridge_agent::clinic::{Clinic, Stopped};
use slotbridge_agent::service::Service;
use slotbridge_agent::state::State;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// When a clinic that cannot begin, or broke off, is begun again.
const AGAIN: Duration = Duration::from_secs(60);

/// A clinic with what it needs.
pub(super) struct Kept {
    pub(super) clinic: clinics::Clinic,
    /// Says how it stands.
    pub(super) speaker: Arc<Speaker>,
    pub(super) state: State,
    /// Woken by callbacks.
    pub(super) outstanding: Arc<Notify>,
    /// Its turn within the polls of all.
    pub(super) offset: Duration,
}

impl Kept {
    /// Keeps it going until all are to stop. What one clinic runs into stops none of the others.
    pub(super) async fn keep(self, mut stopped: watch::Receiver<bool>) {
        let name = &self.clinic.settings.name;
        loop {
            match self.service() {
                Ok(service) => {
                    let ended = tokio::spawn(service.run(stopped.clone())).await;
                    if ended.is_ok() {
                        return;
                    }
                    tracing::error!(clinic = name, "its work broke off; it begins again soon");
                }
                Err(why) => self.speaker.troubled(&why),
            }
            tokio::select! {
                biased;
                () = stopping(&mut stopped) => return,
                () = system::pause(AGAIN) => {}
            }
        }
    }

    fn service(&self) -> Result<Service, Stopped> {
        Ok(Service {
            clinic: integration(&self.clinic, &self.state)?,
            outstanding: Arc::clone(&self.outstanding),
            offset: self.offset,
            tell: self.speaker.tell(),
        })
    }
}

/// A clinic's integration, which has not begun to work.
pub(super) fn integration(clinic: &clinics::Clinic, state: &State) -> Result<Clinic, Stopped> {
    let adapter = clinic.pms.open()?;
    let name = &clinic.settings.name;
    let remembered = state.clinic(name, clinic.practice_id, &clinic.practice_key)?;
    let (client, settings) = (clinic.client.clone(), clinic.settings.clone());
    Ok(Clinic::new(
        client,
        adapter,
        remembered,
        settings,
        state::now(),
    ))
}
