//! TLS to the database. The server of the tests speaks none: something before it does.

use crate::support::{Fixture, runtime};
use slotbridge_store::{Location, StoreError, Tx, due, transfer};
use slotbridge_testkit::TestEngine;
use slotbridge_testkit::authority::Authority;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How a client asks for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What stands before the server of the tests.
struct Front {
    port: u16,
    encrypted: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Front {
    fn before(fixture: &Fixture, tls: Option<TlsAcceptor>) -> Self {
        let url = fixture.database.url().unwrap();
        let (_, address) = url.split_once('@').unwrap();
        let server: SocketAddr = address.split_once('/').unwrap().0.parse().unwrap();
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let encrypted = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&encrypted);
        runtime.spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let (tls, counted) = (tls.clone(), Arc::clone(&counted));
                tokio::spawn(pass(near, server, tls, counted));
            }
        });
        Self {
            port,
            encrypted,
            _runtime: runtime,
        }
    }

    fn url(&self, fixture: &Fixture, host: &str, parameters: &str) -> String {
        let url = fixture.database.url().unwrap();
        let (user, rest) = url.split_once('@').unwrap();
        let (_, name) = rest.split_once('/').unwrap();
        format!("{user}@{host}:{}/{name}?{parameters}", self.port)
    }

    /// Opens the store over it and asks it something: how many connections were encrypted, or what
    /// it was refused for.
    fn open(&self, fixture: &Fixture, host: &str, parameters: &str) -> Result<usize, String> {
        let url = self.url(fixture, host, parameters);
        let before = self.encrypted.load(Ordering::SeqCst);
        let opened = fixture.open_with(|options| options.location = Location::Postgres(url));
        let store = match opened {
            Ok(store) => store,
            Err(StoreError::Unavailable(why) | StoreError::Refused(why)) => return Err(why),
            Err(other) => unreachable!("{other:?}"),
        };
        let read = store
            .begin_global()
            .read(|tx: &mut Tx<'_>| due::earliest(tx));
        fixture.runtime.block_on(read).unwrap();
        Ok(self.encrypted.load(Ordering::SeqCst) - before)
    }
}

async fn pass(
    mut near: TcpStream,
    server: SocketAddr,
    tls: Option<TlsAcceptor>,
    encrypted: Arc<AtomicUsize>,
) {
    let mut first = [0; 8];
    if near.read_exact(&mut first).await.is_err() {
        return;
    }
    let mut far = TcpStream::connect(server).await.unwrap();
    if first != SSL_REQUEST {
        far.write_all(&first).await.unwrap();
        let _ = copy_bidirectional(&mut near, &mut far).await;
        return;
    }
    let Some(tls) = tls else {
        let _ = near.write_all(b"N").await;
        let _ = copy_bidirectional(&mut near, &mut far).await;
        return;
    };
    let _ = near.write_all(b"S").await;
    if let Ok(mut near) = tls.accept(near).await {
        encrypted.fetch_add(1, Ordering::SeqCst);
        let _ = copy_bidirectional(&mut near, &mut far).await;
    }
}

#[test]
fn a_server_has_to_prove_what_sslmode_says() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let (authority, other) = (Authority::default(), Authority::default());
    let front = Front::before(&fixture, Some(authority.server(false)));
    let root = |of: &Authority| format!("sslrootcert={}", of.file("ca.pem"));
    let (ours, foreign) = (root(&authority), root(&other));
    for (host, parameters) in [
        ("127.0.0.1", String::new()),
        ("127.0.0.1", "sslmode=prefer".to_owned()),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=require&{ours}")),
        ("127.0.0.1", format!("sslmode=verify-ca&{ours}")),
        ("localhost", format!("sslmode=verify-full&{ours}")),
    ] {
        let encrypted = front.open(&fixture, host, &parameters);
        // The opening, the follower and a worker at least.
        assert!(
            encrypted.as_ref().is_ok_and(|n| *n >= 3),
            "{parameters}: {encrypted:?}"
        );
    }
    assert_eq!(front.open(&fixture, "127.0.0.1", "sslmode=disable"), Ok(0));

    for (host, parameters, told) in [
        (
            "127.0.0.1",
            format!("sslmode=verify-full&{ours}"),
            "alternative names",
        ),
        (
            "localhost",
            format!("sslmode=verify-full&{foreign}"),
            "sslrootcert",
        ),
        (
            "localhost",
            format!("sslmode=verify-ca&{foreign}"),
            "sslrootcert",
        ),
        (
            "localhost",
            format!("sslmode=require&{foreign}"),
            "sslrootcert",
        ),
        ("localhost", "sslmode=verify-full".to_owned(), "sslrootcert"),
        ("localhost", "sslrootcert=system".to_owned(), "sslrootcert"),
    ] {
        let why = front.open(&fixture, host, &parameters).unwrap_err();
        assert!(why.contains(told), "{parameters}: {why}");
    }
}

#[test]
fn a_server_without_tls_is_refused_where_it_is_insisted_on() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let authority = Authority::default();
    let front = Front::before(&fixture, None);
    for parameters in ["", "sslmode=prefer"] {
        assert_eq!(front.open(&fixture, "localhost", parameters), Ok(0));
    }
    let ours = format!("sslrootcert={}", authority.file("ca.pem"));
    for parameters in [
        "sslmode=require".to_owned(),
        format!("sslmode=verify-ca&{ours}"),
        format!("sslmode=verify-full&{ours}"),
        "sslmode=verify-full".to_owned(),
    ] {
        let why = front.open(&fixture, "localhost", &parameters).unwrap_err();
        assert!(why.contains("offers no TLS"), "{parameters}: {why}");
    }
}

#[test]
fn a_client_has_a_certificate_if_the_url_says_so_and_so_has_a_backup() {
    let Some(fixture) = Fixture::only_on(TestEngine::Postgres) else {
        return;
    };
    let authority = Authority::default();
    let front = Front::before(&fixture, Some(authority.server(true)));
    let full = format!(
        "sslmode=verify-full&sslrootcert={}",
        authority.file("ca.pem")
    );
    front.open(&fixture, "localhost", &full).unwrap_err();
    let (certificate, key) = (authority.file("client.pem"), authority.file("client.key"));
    let client = format!("{full}&sslcert={certificate}&sslkey={key}");
    assert!(front.open(&fixture, "localhost", &client).unwrap() >= 3);

    let url = Location::Postgres(front.url(&fixture, "localhost", &client));
    let before = front.encrypted.load(Ordering::SeqCst);
    transfer::backup(&url, jiff::Timestamp::UNIX_EPOCH, std::io::sink(), None).unwrap();
    assert_eq!(front.encrypted.load(Ordering::SeqCst), before + 1);
}
