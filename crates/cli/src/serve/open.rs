//! Opening the hub: its store, its clock, its keys.

use super::folder;
use super::keys::{self, TokenPlace};
use crate::config::Settings;
use crate::failure::Failure;
use crate::system;
use slotbridge_domain::clock::Clock;
use slotbridge_domain::holidays::Holidays;
use slotbridge_hub::Hub;
use slotbridge_hub::clock::MovableClock;
use slotbridge_hub::faults::FaultBox;
use slotbridge_hub::outgoing::Outgoing;
use slotbridge_store::{Location, OpenOptions, Store};
use std::sync::Arc;

/// A hub that is open.
pub(crate) struct Opened {
    /// The hub.
    pub(crate) hub: Hub,
    /// The clock that callers may move, in a sandbox.
    pub(crate) sandbox: Option<Arc<MovableClock>>,
    /// What goes wrong on demand, in a sandbox.
    pub(crate) faults: Option<Arc<FaultBox>>,
    /// Where an operator finds a token.
    pub(crate) token: TokenPlace,
}

/// Where the store of these settings is.
pub(crate) fn location(settings: &Settings) -> Location {
    match (&settings.database_url, settings.folder()) {
        (None, Some(folder)) => Location::Folder(folder),
        (url, _) => Location::Postgres(url.clone().unwrap_or_default()),
    }
}

/// Opens the hub that the settings describe, and makes at its first start what it needs.
pub(crate) async fn open(settings: &Settings) -> Result<Opened, Failure> {
    let random = system::random();
    let location = location(settings);
    if let Location::Folder(folder) = &location {
        folder::make(folder)?;
    }
    let sandbox = settings.sandbox.then(|| MovableClock::new(system::clock()));
    let options = OpenOptions {
        location,
        clock: match &sandbox {
            Some(clock) => Arc::<MovableClock>::clone(clock),
            None => system::clock(),
        },
        random: Arc::clone(&random),
        master_key: keys::master_key(settings, &*random)?,
        postgres_workers: settings.postgres_connections,
    };
    let store = tokio::task::spawn_blocking(|| Store::open(options))
        .await
        .map_err(|_| Failure::new("the store could not be opened: a mistake of slotbridge"))??;
    let rules = slotbridge_hub::Settings {
        hold_seconds: settings.hold_seconds,
        holidays: holidays(settings)?,
    };
    let closed = Arc::new(slotbridge_outbound::Closed);
    let outgoing = Outgoing {
        callbacks: Arc::<slotbridge_outbound::Closed>::clone(&closed),
        messages: closed,
    };
    let faults = sandbox.as_ref().map(|clock| {
        let clock: Arc<dyn Clock> = Arc::<MovableClock>::clone(clock);
        FaultBox::new(clock, Arc::clone(&random))
    });
    let outgoing = match &faults {
        Some(faults) => faults.around(outgoing),
        None => outgoing,
    };
    let hub = Hub::new(store, random, outgoing, rules);
    if let Some(clock) = &sandbox {
        clock.resume(&hub).await?;
    }
    let token = keys::operator_token(settings, &hub).await?;
    Ok(Opened {
        hub,
        sandbox,
        faults,
        token,
    })
}

/// The public holidays in force; read once, for as long as the process lives.
fn holidays(settings: &Settings) -> Result<&'static Holidays, Failure> {
    let Some(file) = &settings.public_holidays_file else {
        return Ok(Holidays::australia());
    };
    let wrong =
        |why: String| Failure::new(format!("public_holidays_file {}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let holidays = Holidays::parse(&text).map_err(wrong)?;
    Ok(Box::leak(Box::new(holidays)))
}
