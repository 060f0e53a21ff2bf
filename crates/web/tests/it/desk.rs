//! A manager at a page of the portal, and what they press.

use crate::portal::{OURS, signed_in, token};
use crate::visitor::{Visitor, html};
use slotbridge_testkit::{Answer, Clinic};

/// A manager at a page of the portal.
pub(crate) struct Desk<'a> {
    pub(crate) visitor: Visitor<'a>,
    pub(crate) path: String,
    pub(crate) token: String,
}

impl<'a> Desk<'a> {
    pub(crate) async fn new(clinic: &'a Clinic, page: &str) -> Self {
        let practice = clinic.pms.practice_id;
        let (visitor, _) = signed_in(&clinic.app, practice, "kim", "manager").await;
        let path = format!("/portal/{practice}/{page}");
        let token = token(&html(&visitor.get(&path).await));
        Self {
            visitor,
            path,
            token,
        }
    }

    /// The page as it is now.
    pub(crate) async fn page(&self) -> String {
        html(&self.visitor.get(&self.path).await)
    }

    /// Sends a form of the page.
    pub(crate) async fn press(&self, fields: &[(&str, &str)]) -> Answer {
        self.press_at(&self.path, fields).await
    }

    /// Sends a form of another page of theirs.
    pub(crate) async fn press_at(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("token", self.token.as_str())];
        all.extend(fields);
        self.visitor.post_as(path, &all, &[OURS]).await
    }

    /// Presses, and gives the page that it leads to.
    pub(crate) async fn pressed(&self, fields: &[(&str, &str)]) -> String {
        let answer = self.press(fields).await;
        html(&self.visitor.follow(&answer).await)
    }
}
