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
use slotbridge_hub::record::Recorder;
use slotbridge_outbound::{GuardedCallbacks, LOOPBACK, Mail, ObjectFolder, Post, Sms};
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
    /// What was said lately, in a sandbox.
    pub(crate) recorder: Option<Arc<Recorder>>,
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

/// The ways by which these settings let messages go.
fn post(settings: &Settings) -> Result<Post, Failure> {
    let mail = match (&settings.smtp_url, &settings.mail_from) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(Failure::new(
                "smtp_url is set and mail_from is not: say whom mail is from",
            ));
        }
        (Some(url), Some(from)) => Some(Mail::new(url, from).map_err(Failure::new)?),
    };
    let sms = settings
        .sms_url
        .as_deref()
        .map(|url| Sms::new(url, settings.sms_token.clone()))
        .transpose()
        .map_err(Failure::new)?;
    Ok(Post { mail, sms })
}

/// The way of callbacks: into the ranges that these settings allow.
fn callbacks(settings: &Settings) -> Result<GuardedCallbacks, Failure> {
    let mut allowed = settings.callback_allowed_networks.clone();
    if settings.sandbox {
        allowed.extend(LOOPBACK);
    }
    GuardedCallbacks::new(allowed).map_err(Failure::new)
}

/// Opens the hub that the settings describe, and makes at its first start what it needs.
pub(crate) async fn open(settings: &Settings) -> Result<Opened, Failure> {
    let random = system::random();
    let location = location(settings);
    if let Location::Folder(folder) = &location {
        folder::make(folder)?;
    }
    let sandbox = settings.sandbox.then(|| MovableClock::new(system::clock()));
    let keys = keys::master_keys(settings, &*random)?;
    let options = OpenOptions {
        location,
        clock: match &sandbox {
            Some(clock) => Arc::<MovableClock>::clone(clock),
            None => system::clock(),
        },
        random: Arc::clone(&random),
        master_key: keys.present,
        previous_master_key: keys.previous,
        postgres_workers: settings.postgres_connections,
        postgres_replica: settings.database_replica_url.clone(),
    };
    let store = tokio::task::spawn_blocking(|| Store::open(options))
        .await
        .map_err(|_| Failure::new("the store could not be opened: a mistake of slotbridge"))??;
    if let Some(next) = keys.next {
        keys::settle(&next)?;
    }
    let rules = slotbridge_hub::Settings {
        hold_seconds: settings.hold_seconds,
        offer_seconds: settings.offer_seconds,
        holidays: holidays(settings)?,
        attach_days: settings.attach_days,
        keep: settings.keep,
        public_url: settings.public_url.clone(),
        session_idle_minutes: settings.session_idle_minutes,
        session_hours: settings.session_hours,
    };
    let outgoing = Outgoing {
        callbacks: Arc::new(callbacks(settings)?),
        messages: Arc::new(post(settings)?),
        objects: Arc::new(ObjectFolder::new(settings.objects())),
    };
    let clock = sandbox.as_ref().map(|clock| {
        let clock: Arc<dyn Clock> = Arc::<MovableClock>::clone(clock);
        clock
    });
    let faults = clock
        .clone()
        .map(|clock| FaultBox::new(clock, Arc::clone(&random)));
    let recorder = clock.map(Recorder::new);
    let outgoing = match (&recorder, &faults) {
        (Some(recorder), Some(faults)) => recorder.around(faults.around(outgoing)),
        _ => outgoing,
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
        recorder,
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
