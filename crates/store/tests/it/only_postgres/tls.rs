//! TLS to the database. The server of the tests speaks none: something before it does.

use crate::support::{Fixture, runtime};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use slotbridge_store::{Location, StoreError, Tx, due, transfer};
use slotbridge_testkit::TestEngine;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How a client asks for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Certificates of an authority: of a server that is called `localhost`, and of a client.
struct Authority(TempDir);

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        openssl(
            folder.path(),
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
             -subj /CN=authority -keyout ca.key -out ca.pem",
        );
        for (name, usage) in [("server", "serverAuth"), ("client", "clientAuth")] {
            let extensions = format!("subjectAltName=DNS:localhost\nextendedKeyUsage={usage}\n");
            std::fs::write(folder.path().join("extensions"), extensions).unwrap();
            openssl(
                folder.path(),
                &format!(
                    "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=other \
                     -keyout {name}.key -out {name}.csr"
                ),
            );
            openssl(
                folder.path(),
                &format!(
                    "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -days 2 -CAcreateserial \
                     -extfile extensions -out {name}.pem"
                ),
            );
        }
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn certificates(&self, name: &str) -> Vec<CertificateDer<'static>> {
        let found = CertificateDer::pem_file_iter(self.file(name)).unwrap();
        found.map(Result::unwrap).collect()
    }

    /// A server of this authority, which may want a certificate of its clients.
    fn server(&self, wants_clients: bool) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::<CryptoProvider>::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = if wants_clients {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(self.certificates("ca.pem"));
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::from_pem_file(self.file("server.key")).unwrap();
        let config = builder.with_single_cert(self.certificates("server.pem"), key);
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }
}

/// Comes with PostgreSQL on Debian.
fn openssl(folder: &Path, args: &str) {
    let done = Command::new("openssl")
        .args(args.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

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
    let (authority, other) = (Authority::new(), Authority::new());
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
    let authority = Authority::new();
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
    let authority = Authority::new();
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
