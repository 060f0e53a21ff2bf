//! What a client has to be told.

use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use std::fmt;

/// Which hub, which practice, and the keys to it (AUTH-1). `Debug` leaves the keys out.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientConfig {
    /// Where the PMS API is, up to and including `/pms-api/v1`.
    pub base_url: String,
    /// The key of the consumer: the vendor of the PMS.
    pub api_key: String,
    /// The practice.
    pub practice_id: i64,
    /// The key of the practice's consent.
    pub practice_key: String,
    /// How the client calls itself; see [`user_agent`].
    pub user_agent: String,
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("base_url", &self.base_url)
            .field("practice_id", &self.practice_id)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// A `User-Agent` in the form that vendors are asked for: `NAME (EMAIL) ENV`.
#[must_use]
pub fn user_agent(name: &str, email: &str, environment: &str) -> String {
    format!("{name} ({email}) {environment}")
}

/// Why no client can be made of a [`ClientConfig`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The base URL is no absolute http or https URL, or has credentials, a query or a fragment.
    #[error("base_url must be an absolute http or https URL without credentials or query: {0}")]
    BaseUrl(String),
    /// A value cannot stand in a header: it is empty or has characters that do not belong there.
    #[error("{0} is empty or has characters that cannot stand in an HTTP header")]
    Header(&'static str),
    /// The HTTP client could not be set up, e.g. for want of root certificates.
    #[error("the HTTP client could not be set up: {0}")]
    Http(#[from] reqwest::Error),
}

impl ClientConfig {
    /// The base URL, without a slash at its end.
    pub(crate) fn url(&self) -> Result<Url, ConfigError> {
        let fault = |why: &str| ConfigError::BaseUrl(why.to_owned());
        let mut url =
            Url::parse(&self.base_url).map_err(|error| ConfigError::BaseUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(fault("it is not http or https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault("it has credentials"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fault("it has a query or fragment"));
        }
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
        }
        Ok(url)
    }

    /// The headers of every call; keys are marked so that nothing prints them.
    pub(crate) fn headers(&self) -> Result<HeaderMap, ConfigError> {
        let mut headers = HeaderMap::new();
        let mut add = |name: &'static str, value: &str| {
            let mut header = HeaderValue::from_str(value).map_err(|_| ConfigError::Header(name))?;
            if value.trim().is_empty() {
                return Err(ConfigError::Header(name));
            }
            header.set_sensitive(name.ends_with("-key"));
            headers.insert(HeaderName::from_static(name), header);
            Ok(())
        };
        add("api-key", &self.api_key)?;
        add("practice-id", &self.practice_id.to_string())?;
        add("practice-key", &self.practice_key)?;
        add("user-agent", &self.user_agent)?;
        add("accept", "application/json")?;
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> ClientConfig {
        ClientConfig {
            base_url: "https://hub.example/pms-api/v1/".to_owned(),
            api_key: "sbc_secret".to_owned(),
            practice_id: 7,
            practice_key: "sbp_secret".to_owned(),
            user_agent: user_agent("Acme PMS", "a@acme.example", "test"),
        }
    }

    #[test]
    fn debug_leaves_keys_out_auth_1() {
        let config = config();
        let text = format!("{config:?} {:?}", config.headers().unwrap());
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("Acme PMS (a@acme.example) test"), "{text}");
    }

    #[test]
    fn a_slash_at_the_end_of_the_base_url_makes_no_difference() {
        assert_eq!(
            config().url().unwrap().as_str(),
            "https://hub.example/pms-api/v1"
        );
    }

    #[test]
    fn a_base_url_must_be_plain_http() {
        for base_url in [
            "",
            "hub",
            "ftp://hub",
            "https://u:p@hub/",
            "https://hub/?a=1",
            "data:x",
        ] {
            let config = ClientConfig {
                base_url: base_url.to_owned(),
                ..config()
            };
            assert!(
                matches!(config.url(), Err(ConfigError::BaseUrl(_))),
                "{base_url}"
            );
        }
    }

    #[test]
    fn a_key_that_no_header_can_hold_is_named_but_not_shown_auth_1() {
        for api_key in ["", " ", "secret\nx"] {
            let config = ClientConfig {
                api_key: api_key.to_owned(),
                ..config()
            };
            let text = config.headers().unwrap_err().to_string();
            assert!(text.starts_with("api-key is empty or has"), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }
}
