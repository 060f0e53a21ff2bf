//! What a subscription is for (SUB-1).

use crate::request::RequestType;
use std::fmt;
use std::str::FromStr;

/// The topic of a subscription: requests of a type, or of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// All requests: `requests.*`.
    All,
    /// Those of a type: `requests.<type>`.
    Of(RequestType),
}

impl Topic {
    /// The name of the topic of all requests.
    pub const EVERY: &str = "requests.*";

    /// Whether requests of a type belong to it.
    #[must_use]
    pub fn covers(self, kind: RequestType) -> bool {
        self == Self::All || self == Self::Of(kind)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str(Self::EVERY),
            Self::Of(kind) => write!(f, "requests.{}", kind.as_str()),
        }
    }
}

impl FromStr for Topic {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name.strip_prefix("requests.").ok_or(())? {
            "*" => Ok(Self::All),
            kind => kind.parse().map(Self::Of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_known_by_its_name_sub_1() {
        let all = RequestType::ALL.into_iter().map(Topic::Of);
        for topic in all.chain([Topic::All]) {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for name in ["", "requests", "requests.", "bookings", "requests.holds"] {
            assert_eq!(name.parse::<Topic>(), Err(()), "{name}");
        }
    }

    #[test]
    fn the_topic_of_all_covers_every_type_sub_2() {
        for kind in RequestType::ALL {
            assert!(Topic::All.covers(kind) && Topic::Of(kind).covers(kind));
        }
        assert!(!Topic::Of(RequestType::Bookings).covers(RequestType::BookingUpdates));
    }
}
