//! What the adapter has to be told.

use jiff::tz::TimeZone;
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::fmt;
use std::time::Duration;

/// How long the server may take for an answer, unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Which FHIR server, and what is not to be found on it. `Debug` leaves the token out.
#[derive(Clone)]
pub struct FhirConfig {
    /// Where the server is, as its `[base]`: `https://pms.example/fhir/r4`.
    pub base_url: String,
    /// The bearer token of every request, if the server wants one.
    pub token: Option<String>,
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
    /// A server that wants no token, with what else is usual.
    #[must_use]
    pub fn new(base_url: &str, zone: TimeZone) -> Self {
        Self {
            base_url: base_url.to_owned(),
            token: None,
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
        let mut url = Url::parse(&self.base_url).map_err(|_| ConfigError::BaseUrl)?;
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !is_plain {
            return Err(ConfigError::BaseUrl);
        }
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
        }
        Ok(url)
    }

    /// The header with the token, marked so that nothing prints it.
    pub(crate) fn authorization(&self) -> Result<Option<HeaderValue>, ConfigError> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        if token.trim().is_empty() {
            return Err(ConfigError::Token);
        }
        let value = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut value = value.map_err(|_| ConfigError::Token)?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

impl fmt::Debug for FhirConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FhirConfig")
            .field("base_url", &self.base_url)
            .field("zone", &self.zone)
            .field("default_type", &self.default_type)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
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
    /// The HTTP client could not be set up, e.g. for want of root certificates.
    #[error("the HTTP client could not be set up: {0}")]
    Http(#[from] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_leaves_the_token_out() {
        let config = FhirConfig {
            token: Some("secret".to_owned()),
            ..FhirConfig::new("https://pms.example/fhir/", TimeZone::UTC)
        };
        let text = format!("{config:?} {:?}", config.authorization().unwrap());
        assert!(!text.contains("secret"), "{text}");
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

    #[test]
    fn a_token_that_no_header_can_hold_is_refused_and_not_shown() {
        for token in ["", " ", "secret\nx"] {
            let mut config = FhirConfig::new("https://pms.example/fhir", TimeZone::UTC);
            config.token = Some(token.to_owned());
            let error = config.authorization().unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
