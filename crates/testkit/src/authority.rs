//! Certificates of a test's own, and servers that have them.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

/// Certificates of an authority: of a server that is called `localhost`, and of a client.
pub struct Authority(TempDir);

impl Default for Authority {
    fn default() -> Self {
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
}

impl Authority {
    /// The path of `ca.pem`, `server.pem`, `client.pem`, or of a key.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn certificates(&self, name: &str) -> Vec<CertificateDer<'static>> {
        let found = CertificateDer::pem_file_iter(self.file(name)).unwrap();
        found.map(Result::unwrap).collect()
    }

    /// A server of this authority, which may want a certificate of its clients.
    #[must_use]
    pub fn server(&self, wants_clients: bool) -> TlsAcceptor {
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
