//! The extra features (CONF-4).

use crate::read::{Faults, FromJson, Node, deserialize_by_reading};
use serde::Serialize;
use utoipa::ToSchema;

/// An extra feature of the PMS API, and whether it is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Feature {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether the integration has enabled it for the practice.
    pub enabled: bool,
}

impl FromJson for Feature {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required("id");
        let name: Option<String> = object.optional("name");
        let description: Option<String> = object.optional("description");
        let enabled = object.optional("enabled");
        Some(Self {
            id: id?,
            name: name.unwrap_or_default(),
            description: description.unwrap_or_default(),
            enabled: enabled.unwrap_or(false),
        })
    }
}

deserialize_by_reading!(Feature);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    #[test]
    fn a_feature_that_says_nothing_of_itself_is_off_conf_4() {
        let read: Feature = read(br#"{"id": "documents"}"#).unwrap();
        assert_eq!((read.id.as_str(), read.enabled), ("documents", false));
    }
}
