//! TLS to the database: what the URL asks for, and whom it trusts, as libpq understands it.

use super::parameters;
use crate::{Result, StoreError};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use std::sync::Arc;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is taken out of the URL: the driver knows the first of them, and that not whole.
const OURS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];
/// The authorities that this system trusts.
const SYSTEM: &str = "system";

/// How a server is connected to.
pub(super) struct Tls {
    pub(super) mode: SslMode,
    pub(super) connect: MakeRustlsConnect,
}

/// What a server has to prove.
#[derive(Debug)]
enum Proof {
    /// Nothing: what is sent is hidden from listeners, and from nobody who stands between.
    None,
    /// That an authority has made its certificate, for whatever host.
    Authority(Arc<dyn ServerCertVerifier>),
    /// That one has made it for the host that the URL names.
    Host(Arc<dyn ServerCertVerifier>),
}

/// Reads what a URL asks for; gives the URL without it.
///
/// # Errors
/// [`StoreError::Refused`] for what is not offered or cannot be read, with what to do instead.
pub(super) fn read(url: &str) -> Result<(Tls, String)> {
    let (found, rest) = parameters::take(url, &OURS);
    let [mode, root, certificate, key] = found.map(|value| value.filter(|text| !text.is_empty()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let root = root.as_deref();
    let (mode, proof) = match (mode.as_deref(), root) {
        (Some("disable"), _) => (SslMode::Disable, Proof::None),
        (None | Some("verify-full"), Some(SYSTEM)) | (Some("verify-full"), None) => {
            (SslMode::Require, Proof::Host(system(&provider)?))
        }
        (_, Some(SYSTEM)) => {
            return refused(
                "sslrootcert=system goes with sslmode=verify-full alone: anybody can have a \
                 certificate of an authority that this system trusts, for a host of their own",
            );
        }
        (Some("verify-full"), Some(file)) => {
            (SslMode::Require, Proof::Host(authorities(file, &provider)?))
        }
        (Some("verify-ca"), None) => {
            return refused(
                "sslmode=verify-ca needs sslrootcert=FILE, the certificate of the authority that \
                 made the server's",
            );
        }
        (Some("verify-ca" | "require"), Some(file)) => (
            SslMode::Require,
            Proof::Authority(authorities(file, &provider)?),
        ),
        (Some("require"), None) => (SslMode::Require, Proof::None),
        (None | Some("prefer"), None) => (SslMode::Prefer, Proof::None),
        (None | Some("prefer"), Some(_)) => {
            return refused(
                "sslrootcert says whom to trust, but sslmode does not insist on it: set \
                 sslmode=verify-full",
            );
        }
        (Some("allow"), _) => {
            return refused(
                "sslmode=allow is not offered, as it hides nothing that the server does not insist \
                 on hiding: set sslmode=prefer, or verify-full with sslrootcert",
            );
        }
        (Some(_), _) => {
            return refused(
                "sslmode is disable, prefer (the default), require, verify-ca or verify-full",
            );
        }
    };
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Refused(format!("TLS to the database: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { proof, provider }));
    let client = match (certificate, key) {
        (None, None) => client.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let chain = certificates("sslcert", &certificate)?;
            let key = PrivateKeyDer::from_pem_file(&key)
                .map_err(|why| unreadable("sslkey", &key, &why, "an unencrypted private key"))?;
            client.with_client_auth_cert(chain, key).map_err(|error| {
                StoreError::Refused(format!(
                    "the database URL: sslcert and sslkey cannot be used together: {error}"
                ))
            })?
        }
        _ => return refused("sslcert and sslkey go together: name both files, or neither"),
    };
    let connect = MakeRustlsConnect::new(client);
    Ok((Tls { mode, connect }, rest))
}

fn refused<T>(why: &str) -> Result<T> {
    Err(StoreError::Refused(format!("the database URL: {why}")))
}

fn unreadable(name: &str, file: &str, why: &impl ToString, must: &str) -> StoreError {
    let why = why.to_string();
    StoreError::Refused(format!(
        "the database URL: {name} {file} must be a PEM file with {must}: {why}"
    ))
}

fn certificates(name: &str, file: &str) -> Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    match found {
        Ok(found) if found.is_empty() => {
            Err(unreadable(name, file, &"there is none", "a certificate"))
        }
        Ok(found) => Ok(found),
        Err(why) => Err(unreadable(name, file, &why, "a certificate")),
    }
}

/// Those who trust the authorities of a file.
fn authorities(file: &str, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    const NAME: &str = "sslrootcert";
    let mut roots = RootCertStore::empty();
    for certificate in certificates(NAME, file)? {
        roots
            .add(certificate)
            .map_err(|why| unreadable(NAME, file, &why, "an authority's certificate"))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    let verifier = verifier.build();
    Ok(verifier.map_err(|why| unreadable(NAME, file, &why, "an authority's certificate"))?)
}

fn system(provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(provider));
    let verifier = verifier.map_err(|error| {
        StoreError::Refused(format!(
            "the database URL: the authorities that this system trusts cannot be read: {error}; \
             name the authority's certificate in sslrootcert"
        ))
    })?;
    Ok(Arc::new(verifier))
}

#[derive(Debug)]
struct Verifier {
    proof: Proof,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verify = |verifier: &Arc<dyn ServerCertVerifier>| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        match &self.proof {
            Proof::None => Ok(ServerCertVerified::assertion()),
            Proof::Host(verifier) => verify(verifier),
            Proof::Authority(verifier) => match verify(verifier) {
                // The name is looked at last, when everything else has been found good.
                Err(rustls::Error::InvalidCertificate(
                    CertificateError::NotValidForName
                    | CertificateError::NotValidForNameContext { .. },
                )) => Ok(ServerCertVerified::assertion()),
                verified => verified,
            },
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = &self.provider.signature_verification_algorithms;
        known.supported_schemes()
    }
}

/// What a failed handshake means, and what to do; `None` if it is another failure.
pub(super) fn told(error: &tokio_postgres::Error) -> Option<String> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(one) = cause {
        if let Some(tls) = one.downcast_ref::<rustls::Error>() {
            return Some(advice(tls));
        }
        let inner = one.downcast_ref::<std::io::Error>();
        let inner = inner.and_then(std::io::Error::get_ref);
        if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Some(advice(tls));
        }
        // The driver has no kind for this.
        if one.to_string() == "server does not support TLS" {
            return Some(
                "the server offers no TLS, which sslmode in the database URL insists on: set \
                 ssl = on there, or, on a network that you trust, sslmode=disable here"
                    .to_owned(),
            );
        }
        cause = one.source();
    }
    None
}

fn advice(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(why) = error else {
        return format!("TLS: {error}");
    };
    let advice = match why {
        // The latter where another authority has the same name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "sslrootcert in the database URL must name the certificate of the authority that made \
             the server's"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the host in the database URL must be a name that the server's certificate has among \
             its alternative names; sslmode=verify-ca does not look at names"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server needs a new certificate"
        }
        _ => "the server needs a certificate that an authority has made for it, not its own",
    };
    format!("TLS: the server's certificate is refused ({why}): {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(parameters: &str) -> String {
        match read(&format!("postgres://u:secret@h/d?{parameters}")).map(|_| ()) {
            Err(StoreError::Refused(why)) => why,
            other => unreachable!("{parameters}: {other:?}"),
        }
    }

    #[test]
    fn what_is_not_offered_is_refused_with_what_to_do_instead() {
        for (parameters, told) in [
            ("sslmode=allow", "set sslmode=prefer"),
            ("sslmode=verify", "or verify-full"),
            ("sslmode=verify-ca", "needs sslrootcert=FILE"),
            (
                "sslmode=verify-ca&sslrootcert=system",
                "sslmode=verify-full alone",
            ),
            (
                "sslmode=require&sslrootcert=system",
                "sslmode=verify-full alone",
            ),
            ("sslrootcert=/nowhere/ca.pem", "set sslmode=verify-full"),
            (
                "sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
                "sslrootcert /nowhere/ca.pem",
            ),
            ("sslcert=/nowhere/c.pem", "go together"),
            (
                "sslcert=/nowhere/c.pem&sslkey=/nowhere/c.key",
                "sslcert /nowhere/c.pem",
            ),
        ] {
            let why = why(parameters);
            assert!(why.contains(told), "{parameters}: {why}");
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[test]
    fn without_a_word_tls_is_used_where_the_server_has_it() {
        for (parameters, mode) in [
            ("", SslMode::Prefer),
            ("sslmode=prefer", SslMode::Prefer),
            ("sslmode=disable", SslMode::Disable),
            ("sslmode=require", SslMode::Require),
            ("sslmode=verify-full", SslMode::Require),
        ] {
            let (tls, rest) = read(&format!("postgres://h/d?{parameters}")).unwrap();
            assert_eq!((tls.mode, rest.as_str()), (mode, "postgres://h/d?"));
        }
    }
}
