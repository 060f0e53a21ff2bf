//! Where the database is, and how to get there.
//!
//! Each of several hosts is a way of its own, with its own time to answer: a host that takes the
//! connection and then says nothing must not keep anybody from the next one.

use super::failure::describe;
use super::history::History;
use super::tls::{self, Tls};
use crate::{Result, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a host has to take a connection, unless the operator says otherwise.
const CONNECT: Duration = Duration::from_secs(5);
/// The same where another one can be asked in its place.
const CONNECT_ONE_OF_SEVERAL: Duration = Duration::from_secs(2);
/// How long what was sent to a host may stay unconfirmed.
const UNCONFIRMED: Duration = Duration::from_secs(10);

/// A database, on one host or on one of several.
#[derive(Clone)]
pub(crate) struct Database {
    ways: Vec<Way>,
    tls: MakeRustlsConnect,
    /// The way that was good the last time: it is tried first.
    good: Arc<AtomicUsize>,
    /// Whether it is to be written.
    is_primary: bool,
    history: Arc<History>,
}

#[derive(Clone)]
struct Way {
    /// The host as a person may be told of it.
    host: String,
    config: Config,
}

impl Database {
    /// A database that is to be written: of several hosts the one that takes writes, and never a
    /// standby.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the URL cannot be read, with what is wrong in it.
    pub(crate) fn to_write(url: &str) -> Result<Self> {
        let (mut config, tls) = parse(url)?;
        if config.get_target_session_attrs() == TargetSessionAttrs::ReadOnly {
            return Err(StoreError::Refused(
                "the database URL has target_session_attrs=read-only, but the database is to be \
                 written: take it out"
                    .into(),
            ));
        }
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            is_primary: true,
            ..Self::of(&config, tls)?
        })
    }

    /// A standby that is read beside the primary: of several hosts any that is one.
    ///
    /// # Errors
    /// As those of [`Database::to_write`].
    pub(crate) fn standby(url: &str) -> Result<Self> {
        let parsed = parse(url).and_then(|(mut config, tls)| {
            if config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
                return Err(StoreError::Refused(
                    "it has target_session_attrs=read-write, but a read replica takes no writes: \
                     take that out"
                        .into(),
                ));
            }
            config.target_session_attrs(TargetSessionAttrs::ReadOnly);
            Self::of(&config, tls)
        });
        parsed.map_err(|error| match error {
            StoreError::Refused(why) => StoreError::Refused(format!("database_replica_url: {why}")),
            other => other,
        })
    }

    /// A database that is only read: any of its hosts, unless the URL says which.
    ///
    /// # Errors
    /// As those of [`Database::to_write`].
    pub(crate) fn to_read(url: &str) -> Result<Self> {
        let (config, tls) = parse(url)?;
        Self::of(&config, tls)
    }

    fn of(config: &Config, tls: Tls) -> Result<Self> {
        let ways = ways(config)?;
        let several = ways.len() > 1;
        let ways = ways.into_iter().map(|way| way.with_limits(several));
        Ok(Self {
            ways: ways.collect(),
            tls: tls.connect,
            good: Arc::default(),
            is_primary: false,
            history: Arc::default(),
        })
    }

    /// The same for somebody who leaves unread for a while what the server sends.
    pub(crate) fn patient(mut self, patience: Duration) -> Self {
        for way in &mut self.ways {
            way.config.tcp_user_timeout(patience);
        }
        self
    }

    /// The logs that were seen on all connections to it.
    pub(super) fn history(&self) -> Arc<History> {
        Arc::clone(&self.history)
    }

    /// Connects; of a primary that says so, also the log that it writes. Whatever the server sends is
    /// read by a task of the present runtime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with what each host said.
    pub(super) async fn connect(&self) -> Result<(Client, Option<Arc<str>>)> {
        let first = self.good.load(Ordering::Relaxed);
        let mut failures = Vec::new();
        for n in 0..self.ways.len() {
            let at = (first + n) % self.ways.len();
            let Some(way) = self.ways.get(at) else {
                continue;
            };
            match self.connect_by(way).await {
                Ok(connected) => {
                    self.good.store(at, Ordering::Relaxed);
                    return Ok(connected);
                }
                Err(why) => failures.push(format!("{}: {why}", way.host)),
            }
        }
        Err(StoreError::Unavailable(failures.join("; ")))
    }

    async fn connect_by(&self, way: &Way) -> Result<(Client, Option<Arc<str>>), String> {
        let client = way.within(way.connect(&self.tls)).await?;
        let log = match self.is_primary {
            true => way.within(self.history.ask(&client)).await?,
            false => None,
        };
        Ok((client, log))
    }
}

impl Way {
    /// Unless the operator says otherwise, a server that has gone silent (a failed node, a cut line)
    /// is given up after seconds, not after the hours that TCP would wait.
    fn with_limits(mut self, one_of_several: bool) -> Self {
        let config = &mut self.config;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(match one_of_several {
                true => CONNECT_ONE_OF_SEVERAL,
                false => CONNECT,
            });
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNCONFIRMED);
        }
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(Duration::from_secs(10));
            config.keepalives_interval(Duration::from_secs(3));
        }
        self
    }

    /// The driver's own limit ends with the handshake of TCP.
    async fn within<T>(&self, step: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        let limit = self.config.get_connect_timeout().copied();
        let limit = limit.unwrap_or(CONNECT);
        let done = timeout(limit, step).await;
        done.unwrap_or_else(|_| Err(format!("no answer within {limit:?}")))
    }

    async fn connect(&self, tls: &MakeRustlsConnect) -> Result<Client, String> {
        let connected = self.config.connect(tls.clone()).await;
        let told = |error| tls::told(&error).unwrap_or_else(|| describe(&error));
        let (client, connection) = connected.map_err(told)?;
        tokio::spawn(connection);
        Ok(client)
    }
}

fn parse(url: &str) -> Result<(Config, Tls)> {
    let (tls, rest) = tls::read(url)?;
    let mut config: Config = rest.parse().map_err(|_| {
        StoreError::Refused(
            "the database URL cannot be read: it is to be like \
             postgres://slotbridge@db/slotbridge, with parameters that slotbridge knows"
                .into(),
        )
    })?;
    config.ssl_mode(tls.mode);
    Ok((config, tls))
}

/// A way to each host.
fn ways(all: &Config) -> Result<Vec<Way>> {
    let (hosts, addresses, ports) = (all.get_hosts(), all.get_hostaddrs(), all.get_ports());
    let count = hosts.len().max(addresses.len());
    let odd = |given: usize| given > 0 && given != count;
    let odd_ports = ports.len() > 1 && ports.len() != count;
    if count == 0 || odd(hosts.len()) || odd(addresses.len()) || odd_ports {
        return Err(StoreError::Refused(
            "the database URL must name a host, and as many ports (or one) and addresses as hosts"
                .into(),
        ));
    }
    let way = |at: usize| {
        let mut config = without_hosts(all);
        let host = match (hosts.get(at), addresses.get(at)) {
            (Some(Host::Tcp(name)), _) => name.clone(),
            (Some(Host::Unix(folder)), _) => folder.display().to_string(),
            (None, Some(address)) => address.to_string(),
            (None, None) => String::new(),
        };
        match hosts.get(at) {
            // What goes to a socket of this machine is not encrypted, whatever is asked for.
            Some(Host::Unix(folder)) => config.host_path(folder).ssl_mode(SslMode::Disable),
            _ => config.host(&host),
        };
        if let Some(address) = addresses.get(at) {
            config.hostaddr(*address);
        }
        if let Some(port) = ports.get(at).or(ports.first()) {
            config.port(*port);
        }
        Way { host, config }
    };
    Ok((0..count).map(way).collect())
}

/// Everything but where it is.
fn without_hosts(all: &Config) -> Config {
    let mut one = Config::new();
    if let Some(user) = all.get_user() {
        one.user(user);
    }
    if let Some(password) = all.get_password() {
        one.password(password);
    }
    if let Some(name) = all.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = all.get_options() {
        one.options(options);
    }
    if let Some(name) = all.get_application_name() {
        one.application_name(name);
    }
    if let Some(timeout) = all.get_connect_timeout() {
        one.connect_timeout(*timeout);
    }
    if let Some(timeout) = all.get_tcp_user_timeout() {
        one.tcp_user_timeout(*timeout);
    }
    if let Some(interval) = all.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(retries) = all.get_keepalives_retries() {
        one.keepalives_retries(retries);
    }
    one.keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle())
        .ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .target_session_attrs(all.get_target_session_attrs())
        .channel_binding(all.get_channel_binding())
        .load_balance_hosts(all.get_load_balance_hosts());
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(url: &str) -> Vec<(String, Vec<u16>)> {
        let database = Database::to_write(url).unwrap();
        let way = |way: &Way| (way.host.clone(), way.config.get_ports().to_vec());
        database.ways.iter().map(way).collect()
    }

    fn refused(url: &str) -> String {
        match Database::to_write(url).map(|_| ()) {
            Err(StoreError::Refused(why)) => why,
            other => unreachable!("{url}: {other:?}"),
        }
    }

    #[test]
    fn each_host_of_a_url_is_a_way_of_its_own() {
        let named = |name: &str, port| (name.to_owned(), vec![port]);
        for url in [
            "postgres://u@db1,db2:5433/d",
            "host=db1,db2 port=5432,5433 user=u dbname=d",
        ] {
            assert_eq!(hosts(url), [named("db1", 5432), named("db2", 5433)]);
        }
        let both = hosts("host=db1,db2 port=6000");
        assert_eq!(both, [named("db1", 6000), named("db2", 6000)]);
        assert_eq!(hosts("host=/run/db port=1"), [named("/run/db", 1)]);
        assert_eq!(hosts("hostaddr=::1 port=1"), [named("::1", 1)]);
    }

    #[test]
    fn what_the_url_says_holds_for_each_host() {
        let url = "postgres://u:p@a,b/d?application_name=n&options=-c%20x&connect_timeout=7\
                   &tcp_user_timeout=8&keepalives_idle=9&channel_binding=require";
        for way in Database::to_write(url).unwrap().ways {
            let config = way.config;
            assert_eq!(config.get_user(), Some("u"));
            assert_eq!(config.get_password(), Some(&b"p"[..]));
            assert_eq!(config.get_dbname(), Some("d"));
            assert_eq!(config.get_application_name(), Some("n"));
            assert_eq!(config.get_options(), Some("-c x"));
            let seconds = |n| Some(Duration::from_secs(n));
            assert_eq!(config.get_connect_timeout().copied(), seconds(7));
            assert_eq!(config.get_tcp_user_timeout().copied(), seconds(8));
            assert_eq!(config.get_keepalives_idle(), Duration::from_secs(9));
            let binding = tokio_postgres::config::ChannelBinding::Require;
            assert_eq!(config.get_channel_binding(), binding);
        }
    }

    #[test]
    fn only_what_is_read_may_be_on_a_standby() {
        let attributes = |database: Database| {
            let ways = database.ways.iter();
            let all = ways.map(|way| way.config.get_target_session_attrs());
            all.collect::<Vec<_>>()
        };
        for url in [
            "postgres://a,b/d",
            "postgres://a,b/d?target_session_attrs=any",
        ] {
            let (written, read) = (Database::to_write(url), Database::to_read(url));
            assert_eq!(
                attributes(written.unwrap()),
                [TargetSessionAttrs::ReadWrite; 2]
            );
            assert_eq!(attributes(read.unwrap()), [TargetSessionAttrs::Any; 2]);
        }
        let standby = attributes(Database::standby("postgres://a,b/d").unwrap());
        assert_eq!(standby, [TargetSessionAttrs::ReadOnly; 2]);
        let url = "postgres://a/d?target_session_attrs=read-only";
        assert!(refused(url).contains("target_session_attrs"));
        let read = attributes(Database::to_read(url).unwrap());
        assert_eq!(read, [TargetSessionAttrs::ReadOnly]);
    }

    #[test]
    fn a_url_that_names_no_host_or_too_many_ports_is_refused() {
        for url in [
            "dbname=d",
            "host=a,b port=1,2,3",
            "host=a,b hostaddr=::1",
            "://",
        ] {
            refused(url);
        }
    }

    #[test]
    fn what_is_wrong_with_the_replica_s_url_is_told_of_it() {
        for url in [
            "dbname=d",
            "://",
            "postgres://a/d?target_session_attrs=read-write",
        ] {
            match Database::standby(url).map(|_| ()) {
                Err(StoreError::Refused(why)) => {
                    assert!(why.starts_with("database_replica_url: "), "{why}");
                }
                other => unreachable!("{url}: {other:?}"),
            }
        }
    }
}
