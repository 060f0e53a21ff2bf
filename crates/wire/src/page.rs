//! Paged lists (WIRE-6).

use crate::read::{Faults, FromJson, Node};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items on this page; none on a page past the end.
    pub data: Vec<T>,
    /// Where in the list this page is.
    pub page: Paginated,
}

/// Where a page is in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Paginated {
    /// The number of this page, from 1.
    #[schema(minimum = 1)]
    pub current_page: i64,
    /// How many pages there are, at least 1.
    #[schema(minimum = 1)]
    pub total_pages: i64,
    /// How many items a page has at most.
    #[schema(minimum = 1)]
    pub per_page: i64,
    /// How many items the whole list has.
    #[schema(minimum = 0)]
    pub total: i64,
}

impl Paginated {
    /// Items per page.
    pub const PER_PAGE: i64 = 100;

    /// Page `current_page` of a list of `total` items.
    #[must_use]
    pub fn new(current_page: i64, total: i64) -> Self {
        let total = total.max(0);
        let full = total / Self::PER_PAGE;
        let rest = i64::from(total % Self::PER_PAGE > 0);
        Self {
            current_page,
            total_pages: (full + rest).max(1),
            per_page: Self::PER_PAGE,
            total,
        }
    }

    /// Whether there are pages after this one.
    #[must_use]
    pub const fn has_next(&self) -> bool {
        self.current_page < self.total_pages
    }
}

impl<T: FromJson> FromJson for Page<T> {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let data = object.required("data");
        let page = object.required("page");
        Some(Self {
            data: data?,
            page: page?,
        })
    }
}

impl FromJson for Paginated {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let current_page = object.required("currentPage");
        let total_pages = object.required("totalPages");
        let per_page = object.required("perPage");
        let total = object.required("total");
        Some(Self {
            current_page: current_page?,
            total_pages: total_pages?,
            per_page: per_page?,
            total: total?,
        })
    }
}

crate::read::deserialize_by_reading!(Paginated);

impl<'de, T: FromJson> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::read::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_empty_list_has_one_page_wire_6() {
        let page: Page<i64> = Page {
            data: vec![],
            page: Paginated::new(1, 0),
        };
        assert_eq!(
            serde_json::to_value(page).unwrap(),
            json!({
                "data": [],
                "page": {"currentPage": 1, "totalPages": 1, "perPage": 100, "total": 0}
            })
        );
    }

    #[test]
    fn a_page_has_a_hundred_items_wire_6() {
        let pages = |total| Paginated::new(1, total).total_pages;
        assert_eq!([pages(1), pages(100), pages(101), pages(250)], [1, 1, 2, 3]);
        assert_eq!(Paginated::new(1, i64::MAX).total_pages, i64::MAX / 100 + 1);
        assert!(Paginated::new(1, 101).has_next());
        assert!(!Paginated::new(2, 101).has_next());
    }
}
