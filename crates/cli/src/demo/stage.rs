//! The stage: a hub on an embedded store, what is set up in it, and the practice's PMS.

use super::patient::Patient;
use super::pms::Pms;
use super::setup::{self, Account};
use super::wall::Wall;
use crate::config::Settings;
use crate::failure::Failure;
use crate::http::Api;
use crate::serve::{self, OPERATOR_TOKEN, Running};
use crate::system;
use slotbridge_agent::service::News;
use slotbridge_client::{Client, ClientConfig, user_agent};
use slotbridge_outbound::LOOPBACK;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Everybody in their places.
pub(super) struct Stage {
    /// Where the hub answers.
    pub(super) url: String,
    /// Where its store lies.
    pub(super) folder: PathBuf,
    /// Whether the store is kept.
    pub(super) kept: bool,
    /// The operator's token.
    pub(super) token: String,
    /// What the PMS gets in with.
    pub(super) account: Account,
    /// The operator.
    pub(super) admin: Api,
    /// A patient.
    pub(super) patient: Patient,
    /// The practice's PMS.
    pub(super) pms: Pms,
    /// Somebody who looks at the same answers of the PMS API as the PMS, and touches nothing.
    pub(super) observer: Client,
    /// The clock at the practice.
    pub(super) wall: Wall,
    running: Running,
    temporary: Option<TempDir>,
}

/// What is left when the stage is struck: the store, and then its temporary folder, end with it.
pub(super) struct Left {
    _hub: slotbridge_hub::Hub,
    _folder: Option<TempDir>,
}

impl Stage {
    /// Starts the hub, and sets up a practice, a vendor and a consent.
    pub(super) async fn set(
        listen: Option<SocketAddr>,
        data_dir: Option<PathBuf>,
        once: bool,
    ) -> Result<Self, Failure> {
        let temporary = match data_dir {
            Some(_) => None,
            None => Some(tempfile::tempdir().map_err(|error| {
                Failure::new(format!(
                    "no temporary folder: {error}; name one with --data-dir"
                ))
            })?),
        };
        let kept = data_dir.is_some();
        let folder = data_dir
            .or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()))
            .unwrap_or_default();
        let mut settings = Settings {
            data_dir: Some(folder.clone()),
            // Whoever tries it out has a receiver here.
            callback_allowed_networks: LOOPBACK.to_vec(),
            ..Settings::default()
        };
        if once {
            settings.listen.set_port(0);
        }
        settings.listen = listen.unwrap_or(settings.listen);
        let listener = serve::listen(&settings).await?;
        let opened = serve::open(&settings).await?;
        let running = Running::start(&settings, listener, &opened, None)?;
        drop(opened);
        let url = serve::url(running.address);
        let token = std::fs::read_to_string(folder.join(OPERATOR_TOKEN))
            .map_err(|error| Failure::new(format!("no operator token: {error}")))?;
        let token = token.trim().to_owned();
        let admin = Api::new(&format!("{url}/admin-api/v1"), Some(&token))?;
        let account = if once || !kept {
            setup::anew(&admin).await?
        } else {
            setup::kept_in(&folder, &admin).await?
        };
        let wall = Wall::new(system::clock())?;
        let client = |name: &str| client(&url, &account, name);
        let pms = Pms::open(client("Slotbridge demo PMS")?, &folder, &account, &wall)?;
        Ok(Self {
            patient: Patient::new(&url, account.practice_id)?,
            observer: client("Slotbridge demo observer")?,
            pms,
            url,
            folder,
            kept,
            token,
            account,
            admin,
            wall,
            running,
            temporary,
        })
    }

    /// Lets the PMS's agent work, until what this gives is dropped.
    pub(super) fn put_pms_to_work(&self) -> (JoinSet<()>, watch::Sender<bool>) {
        let (stop, stopped) = watch::channel(false);
        let service = self.pms.service(Arc::new(|news| match news {
            News::Works(side) => {
                tracing::info!(target: "slotbridge_agent", "the PMS's agent: {side} works");
            }
            other => tracing::warn!("the PMS's agent: {other:?}"),
        }));
        let mut working = JoinSet::new();
        working.spawn(service.run(stopped));
        (working, stop)
    }

    /// The hub itself.
    pub(super) const fn hub(&self) -> &slotbridge_hub::Hub {
        self.running.hub()
    }

    /// Ends it in order.
    pub(super) async fn strike(self) -> Left {
        Left {
            _hub: self.running.stop().await,
            _folder: self.temporary,
        }
    }
}

fn client(url: &str, account: &Account, name: &str) -> Result<Client, Failure> {
    Client::new(ClientConfig {
        base_url: format!("{url}/pms-api/v1"),
        api_key: account.api_key.clone(),
        practice_id: account.practice_id,
        practice_key: account.practice_key.clone(),
        user_agent: user_agent(name, "demo@slotbridge.example", "demo"),
    })
    .map_err(|error| Failure::new(error.to_string()))
}
