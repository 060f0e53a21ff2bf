//! What an answer says that is no success (WIRE-4, WIRE-5).

use crate::read::{Fault, Faults, FromJson, Node, describe};
use serde::Serialize;
use utoipa::ToSchema;

/// The body of a 4xx answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What is wrong, where and why.
    pub error: String,
}

impl ErrorBody {
    /// The body of a 400 for what is wrong with a body.
    #[must_use]
    pub fn of(faults: &[Fault]) -> Self {
        Self {
            error: describe(faults),
        }
    }
}

impl FromJson for ErrorBody {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        Some(Self {
            error: object.required_with("error", crate::read::text_up_to(100_000))?,
        })
    }
}

crate::read::deserialize_by_reading!(ErrorBody);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_lists_all_faults_wire_4() {
        let faults = crate::read::read::<Vec<bool>>(b"[2, 3]").unwrap_err();
        let body = serde_json::to_string(&ErrorBody::of(&faults)).unwrap();
        assert_eq!(
            body,
            r#"{"error":"[0]: must be true or false, not 2; [1]: must be true or false, not 3"}"#
        );
    }
}
