//! What the adapter has to be told.

use crate::credentials::Credentials;
use jiff::tz::TimeZone;
use reqwest::Url;
use std::time::Duration;

/// How long the server may take for an answer, unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Which FHIR server, and what is not to be found on it. `Debug` leaves secrets out.
#[derive(Clone, Debug)]
pub struct FhirConfig {
    /// Where the server is, as its `[base]`: `https://pms.example/fhir/r4`.
    pub base_url: String,
    /// How the adapter shows itself to the server.
    pub credentials: Credentials,
    /// The practice's zone, in which its wall clock runs.
    pub zone: TimeZone,
    /// The appointment type of a practice whose schedules name none.
    pub default_type: DefaultType,
    /// How long the server may take for one answer.
    pub timeout: Duration,
}

/// The appointment type of a practice whose schedules name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultType {
    /// Its name.
    pub name: String,
    /// How long one takes, in minutes; without it as long as the slot.
    pub minutes: Option<u16>,
}

impl FhirConfig {
    /// A server that wants no credentials, with what else is usual.
    #[must_use]
    pub fn new(base_url: &str, zone: TimeZone) -> Self {
        Self {
            base_url: base_url.to_owned(),
            credentials: Credentials::None,
            zone,
            default_type: DefaultType {
                name: "Appointment".to_owned(),
                minutes: None,
            },
            timeout: TIMEOUT,
        }
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn url(&self) -> Result<Url, ConfigError> {
        let url = plain(&self.base_url).filter(|url| url.query().is_none());
        let mut url = url.ok_or(ConfigError::BaseUrl)?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
        }
        Ok(url)
    }
}

/// An absolute http or https URL without credentials or fragment.
pub(crate) fn plain(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    is_plain.then_some(url)
}

/// Why no adapter can be made of a [`FhirConfig`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The base URL is no absolute http or https URL, or has credentials, a query or a fragment.
    #[error("base_url must be an absolute http or https URL without credentials or query")]
    BaseUrl,
    /// The token is empty or has characters that do not belong in a header.
    #[error("the token is empty or has characters that cannot stand in an HTTP header")]
    Token,
    /// The token endpoint's URL is no absolute http or https URL, or has credentials or a fragment.
    #[error("token_url must be an absolute http or https URL without credentials")]
    TokenUrl,
    /// The client's id or secret is empty.
    #[error("client_id and client_secret must not be empty")]
    Client,
    /// The HTTP client could not be set up, e.g. for want of root certificates.
    #[error("the HTTP client could not be set up: {0}")]
    Http(#[from] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_of_the_base_url_makes_no_difference() {
        let config = FhirConfig::new("https://pms.example/fhir/", TimeZone::UTC);
        assert_eq!(config.url().unwrap().as_str(), "https://pms.example/fhir");
    }

    #[test]
    fn a_base_url_must_be_plain_http() {
        for base_url in [
            "",
            "pms",
            "ftp://pms",
            "https://u:p@pms/",
            "https://pms/?a=1",
        ] {
            let config = FhirConfig::new(base_url, TimeZone::UTC);
            assert!(
                matches!(config.url(), Err(ConfigError::BaseUrl)),
                "{base_url}"
            );
        }
    }
}
