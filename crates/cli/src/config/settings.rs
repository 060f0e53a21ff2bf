//! The settings in force.

use slotbridge_hub::Keep;
use slotbridge_outbound::Network;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Where the embedded store lies if nothing else is said.
pub(crate) const DATA_DIR: &str = "./slotbridge-data";

/// The settings in force. No `Debug`: secrets are among them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The one address on which everything answers.
    pub(crate) listen: SocketAddr,
    /// The folder of the embedded store, and of the keys made at the first start.
    pub(crate) data_dir: Option<PathBuf>,
    /// The PostgreSQL database, in place of the embedded store.
    pub(crate) database_url: Option<String>,
    /// The standby of that database on which searches may read.
    pub(crate) database_replica_url: Option<String>,
    /// Whether callers can move the clock.
    pub(crate) sandbox: bool,
    /// The key that wraps all others, as hexadecimal digits.
    pub(crate) master_key: Option<String>,
    /// The file that holds it.
    pub(crate) master_key_file: Option<PathBuf>,
    /// The master key before, while it is changed.
    pub(crate) previous_master_key: Option<String>,
    /// The file that holds that.
    pub(crate) previous_master_key_file: Option<PathBuf>,
    /// An operator's token that is to be live.
    pub(crate) operator_token: Option<String>,
    /// What is logged.
    pub(crate) log: String,
    /// How long a hold keeps its time.
    pub(crate) hold_seconds: i64,
    pub(crate) session_idle_minutes: i64,
    pub(crate) session_hours: i64,
    /// How long a time is kept for whom it is offered to.
    pub(crate) offer_seconds: i64,
    /// The public holidays, in place of those that the program knows.
    pub(crate) public_holidays_file: Option<PathBuf>,
    /// How long things are kept.
    pub(crate) keep: Keep,
    /// How long a PMS is asked to attach a patient's document.
    pub(crate) attach_days: i64,
    /// The folder for the content of documents, if it is not the usual one.
    pub(crate) object_store: Option<PathBuf>,
    /// The largest body.
    pub(crate) body_limit_bytes: usize,
    /// The largest body with a document.
    pub(crate) document_body_limit_bytes: usize,
    /// Calls of the booking API per minute and client address.
    pub(crate) booking_requests_per_minute: u32,
    /// The proxies that are believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Who may read /metrics without a token.
    pub(crate) metrics_readers: Vec<IpAddr>,
    /// The ranges that callbacks may reach beside the public internet.
    pub(crate) callback_allowed_networks: Vec<Network>,
    /// Whether anybody is called back, mailed or texted.
    pub(crate) outgoing: bool,
    /// How long it goes on serving after it was asked to stop.
    pub(crate) drain_seconds: u64,
    /// How many connections to PostgreSQL are kept.
    pub(crate) postgres_connections: usize,
    /// The server that takes mail.
    pub(crate) smtp_url: Option<String>,
    /// Whom mail is from.
    pub(crate) mail_from: Option<String>,
    /// The gateway that takes SMS.
    pub(crate) sms_url: Option<String>,
    /// The token that it wants.
    pub(crate) sms_token: Option<String>,
    /// Where patients reach the hub.
    pub(crate) public_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let limits = slotbridge_api::Limits::default();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: None,
            database_url: None,
            database_replica_url: None,
            sandbox: false,
            master_key: None,
            master_key_file: None,
            previous_master_key: None,
            previous_master_key_file: None,
            operator_token: None,
            log: "info".to_owned(),
            hold_seconds: slotbridge_hub::Settings::default().hold_seconds,
            session_idle_minutes: slotbridge_hub::Settings::default().session_idle_minutes,
            session_hours: slotbridge_hub::Settings::default().session_hours,
            offer_seconds: slotbridge_hub::Settings::default().offer_seconds,
            public_holidays_file: None,
            keep: Keep::default(),
            attach_days: slotbridge_hub::Settings::default().attach_days,
            object_store: None,
            body_limit_bytes: limits.body_bytes,
            document_body_limit_bytes: limits.document_body_bytes,
            booking_requests_per_minute: limits.requests_per_minute,
            trusted_proxies: limits.trusted_proxies,
            metrics_readers: Vec::new(),
            callback_allowed_networks: Vec::new(),
            outgoing: true,
            drain_seconds: 0,
            postgres_connections: 8,
            smtp_url: None,
            mail_from: None,
            sms_url: None,
            sms_token: None,
            public_url: None,
        }
    }
}

impl Settings {
    /// The folder for the content of documents.
    pub(crate) fn objects(&self) -> PathBuf {
        let beside = || self.data_dir.clone().unwrap_or_else(|| DATA_DIR.into());
        let named = self.object_store.clone();
        named.unwrap_or_else(|| beside().join("objects"))
    }

    /// The folder in use, if there is one: without PostgreSQL there always is.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        match (&self.data_dir, &self.database_url) {
            (Some(folder), _) => Some(folder.clone()),
            (None, None) => Some(PathBuf::from(DATA_DIR)),
            (None, Some(_)) => None,
        }
    }
}
