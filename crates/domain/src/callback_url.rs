//! Where a subscription's callbacks go (SUB-1).

use crate::ids::ConsumerId;
use url::Url;

/// The longest callback URL, in bytes.
pub const LONGEST: usize = 2_000;

/// An absolute `http` or `https` URL without credentials, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackUrl {
    text: String,
    authority: String,
}

impl CallbackUrl {
    /// Reads one.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const MUST: &str = "must be an absolute http or https URL";
        if text.len() > LONGEST {
            return Err("must have at most 2000 bytes");
        }
        // A parser would take these out of it.
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err("must be a URL without blanks and control characters");
        }
        let url = Url::parse(text).map_err(|_| MUST)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(MUST);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must be a URL without credentials in it");
        }
        // `http:host` and `http:/host` are read as `http://host` by browsers alone.
        let rest = text.get(url.scheme().len()..).unwrap_or_default();
        let host = url.host_str().unwrap_or_default();
        let authority = rest.strip_prefix("://").unwrap_or_default();
        if host.is_empty() || authority.is_empty() || authority.starts_with(['/', '\\']) {
            return Err(MUST);
        }
        let port = url.port_or_known_default().unwrap_or_default();
        Ok(Self {
            text: text.to_owned(),
            authority: format!("{host}:{port}"),
        })
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The line in which deliveries to it wait: those of one consumer to one host. A host that does
    /// not answer holds up nothing but its own line.
    #[must_use]
    pub fn lane(&self, consumer: ConsumerId) -> String {
        format!("{consumer} {}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_an_absolute_url_without_credentials_sub_1() {
        for url in [
            "http://yoururl.com.au/endpoint/bookings",
            "https://yourweb.site/3dfbb04e-ea89?x=1#y",
            "HTTPS://Example.com:8443",
            "http://[2001:db8::1]/a",
            "https://bücher.example/",
        ] {
            assert_eq!(
                CallbackUrl::parse(url).map(|url| url.text),
                Ok(url.to_owned())
            );
        }
        for url in [
            "",
            "/callback",
            "yoururl.com.au/x",
            "ftp://a.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http:",
            "http://",
            "http:///x",
            "http:a.example",
            "http:/a.example",
            "http:\\\\a.example",
            "http://user@a.example/",
            "http://user:pass@a.example/",
            "http://:pass@a.example/",
            "http://a .example/",
            "http://a.example/\n",
            " http://a.example/",
            "http://a.example:70000/",
            "http://[::1/",
            "http://1.2.3.4.5/",
        ] {
            assert!(CallbackUrl::parse(url).is_err(), "{url}");
        }
        let long = format!("http://a.example/{}", "x".repeat(LONGEST));
        assert!(CallbackUrl::parse(&long).is_err());
    }

    #[test]
    fn the_same_host_of_one_consumer_is_one_lane_sub_3() {
        let lane = |url: &str, consumer| {
            let consumer = ConsumerId::new(consumer).unwrap();
            CallbackUrl::parse(url).unwrap().lane(consumer)
        };
        let one = lane("https://a.example/1", 1);
        assert_eq!(one, lane("https://A.example:443/2?x", 1));
        assert_ne!(one, lane("https://a.example/1", 2));
        assert_ne!(one, lane("https://b.example/1", 1));
        assert_ne!(one, lane("https://a.example:8443/1", 1));
    }
}
