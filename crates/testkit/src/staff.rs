//! Somebody on the staff of a practice, who has set up their account and is signed in.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends here"
)]

use crate::TestApp;
use serde_json::json;
use slotbridge_domain::ids::StaffId;
use slotbridge_hub::auth::StaffSession;
use slotbridge_hub::staff::sign_in::Credentials;
use slotbridge_hub::staff::totp;
use slotbridge_hub::{Error, Result};

/// A password that is taken.
pub const PASSWORD: &str = "teal otters sing low";

/// Somebody on the staff.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their account.
    pub staff_id: StaffId,
    /// The mail address with which they sign in.
    pub email: String,
    /// What their app shows codes of.
    pub totp_secret: Vec<u8>,
    /// Their recovery codes.
    pub recovery_codes: Vec<String>,
    /// The secret of a live session.
    pub session: String,
    /// Its number.
    pub session_id: i64,
}

/// The bytes of a secret as it is typed into an app.
///
/// # Panics
/// It is none.
#[must_use]
pub fn secret_of(text: &str) -> Vec<u8> {
    totp::secret_of(text).expect("a secret")
}

impl TestApp {
    /// Takes somebody on at a practice, and gives the token of the link that sets them up.
    ///
    /// # Panics
    /// They cannot be taken on.
    pub async fn take_on(&self, practice: i64, name: &str, role: &str) -> (StaffId, String) {
        let email = format!("{name}@staff.example");
        let body = json!({"name": name, "email": email, "role": role});
        let path = format!("/practices/{practice}/staff");
        let added = self.admin("POST", &path, body).await.expect(201);
        let id = StaffId::new(added["staffId"].as_i64().unwrap()).unwrap();
        let token = added["link"]["token"].as_str().expect("a new account");
        (id, token.to_owned())
    }

    /// Somebody on the staff of a practice, signed in.
    ///
    /// # Panics
    /// They cannot be taken on.
    pub async fn member(&self, practice: i64, name: &str, role: &str) -> Member {
        let (staff_id, token) = self.take_on(practice, name, role).await;
        let opened = self.hub.open_staff_link(&token).await.unwrap();
        let totp_secret = secret_of(&opened.totp_secret.unwrap());
        let code = totp::code_at(&totp_secret, self.now());
        let password = PASSWORD.to_owned().into();
        let used = self.hub.use_staff_link(&token, password, &code).await;
        let used = used.unwrap();
        let session = used.session.unwrap();
        let signed_in = self.hub.authenticate_staff(Some(&session)).await.unwrap();
        Member {
            staff_id,
            email: opened.person.email,
            totp_secret,
            recovery_codes: used.recovery_codes,
            session_id: signed_in.session_id(),
            session,
        }
    }

    /// Signs somebody in, and gives the session's secret.
    ///
    /// # Errors
    /// As the hub has them.
    pub async fn sign_in(&self, email: &str, password: &str, code: &str) -> Result<String> {
        let credentials = Credentials {
            email: email.to_owned(),
            password: password.to_owned().into(),
            code: code.to_owned().into(),
        };
        self.hub.sign_in(credentials, None).await
    }

    /// Who has a session.
    ///
    /// # Errors
    /// As the hub has them.
    pub async fn signed_in(&self, session: &str) -> Result<StaffSession, Error> {
        self.hub.authenticate_staff(Some(session)).await
    }
}

impl Member {
    /// What their app shows now.
    #[must_use]
    pub fn code(&self, app: &TestApp) -> String {
        totp::code_at(&self.totp_secret, app.now())
    }
}
