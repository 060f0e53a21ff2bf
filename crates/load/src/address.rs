//! Where a hub is, and how it is reached.

use crate::Error;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use std::fmt::{self, Debug, Display, Formatter};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What bytes go over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Debug + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Debug + Send + Unpin> Stream for S {}

/// Where a hub is: its own address, or that of a balancer before it.
#[derive(Clone, Debug)]
pub struct Address {
    /// Host and port.
    at: String,
    /// The host as it stands in the URL, maybe with a port.
    host: String,
    tls: Option<Tls>,
}

#[derive(Clone, Debug)]
struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Address {
    /// The address that a URL names. By `https` a certificate must be of an authority that this system
    /// trusts, or the file that `SSL_CERT_FILE` names.
    ///
    /// # Errors
    /// It is no plain `http` or `https` URL of a host.
    pub fn of(url: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::Refused(format!(
                "{url}: load goes to http://HOST:PORT or https://HOST:PORT, the address of the hub or of \
                 the balancer before it, without a path"
            ))
        };
        let (scheme, host) = url.split_once("://").ok_or_else(wrong)?;
        let (is_tls, usual) = match scheme {
            "http" => (false, 80),
            "https" => (true, 443),
            _ => return Err(wrong()),
        };
        let host = host.strip_suffix('/').unwrap_or(host);
        if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
            return Err(wrong());
        }
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => {
                (name, port.parse().map_err(|_| wrong())?)
            }
            _ => (host, usual),
        };
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let tls = match is_tls {
            true => {
                let name = ServerName::try_from(name.to_owned()).map_err(|_| wrong())?;
                let config = config().map_err(|error| {
                    Error::Refused(format!(
                        "whom this system trusts cannot be found out: {error}"
                    ))
                })?;
                Some(Tls { config, name })
            }
            false => None,
        };
        let at = match name.contains(':') {
            true => format!("[{name}]:{port}"),
            false => format!("{name}:{port}"),
        };
        let host = host.to_owned();
        Ok(Self { at, host, tls })
    }

    /// A host and port, without TLS.
    #[must_use]
    pub fn plain(at: &str) -> Self {
        Self {
            at: at.to_owned(),
            host: at.to_owned(),
            tls: None,
        }
    }

    /// What stands in the header `host`.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(&self.at).await?;
        stream.set_nodelay(true)?;
        let Some(Tls { config, name }) = &self.tls else {
            return Ok(Box::new(stream));
        };
        let connector = TlsConnector::from(Arc::clone(config));
        Ok(Box::new(connector.connect(name.clone(), stream).await?))
    }
}

/// Its host and port.
impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at)
    }
}

fn config() -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_named_by_a_url_without_a_path() {
        for (url, at, host) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://hub/", "hub:80", "hub"),
            ("http://[::1]:8080/", "[::1]:8080", "[::1]:8080"),
            ("https://hub.example", "hub.example:443", "hub.example"),
            ("https://[::1]", "[::1]:443", "[::1]"),
            ("https://hub:8443/", "hub:8443", "hub:8443"),
        ] {
            let address = Address::of(url).unwrap();
            assert_eq!((address.to_string().as_str(), address.host()), (at, host));
            assert_eq!(address.tls.is_some(), url.starts_with("https"), "{url}");
        }
        for url in [
            "ftp://hub",
            "hub:80",
            "http://",
            "http://hub/path",
            "http://a@b",
            "http://hub:port",
        ] {
            assert!(Address::of(url).is_err(), "{url}");
        }
    }
}
