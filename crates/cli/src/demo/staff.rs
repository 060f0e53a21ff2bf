//! Somebody who works at the demo's practice, with all that they sign in with.

use super::setup::expect;
use super::stage::Stage;
use crate::failure::Failure;
use crate::http::Call;
use serde_json::{Value, json};
use slotbridge_hub::Hub;
use slotbridge_hub::staff::totp;
use std::fmt::Display;

const EMAIL: &str = "desk@harbourstreet.example";

/// What they sign in with.
pub(super) struct Login {
    pub(super) email: &'static str,
    pub(super) password: String,
    /// Each is good for signing in once, for who has no app on a phone.
    pub(super) recovery_codes: Vec<String>,
}

fn failed(error: impl Display) -> Failure {
    Failure::new(format!("nobody could be taken on: {error}"))
}

/// The token of a link that sets their account up, which an earlier demo may have made.
async fn link(stage: &Stage) -> Result<String, Failure> {
    let path = format!("practices/{}/staff", stage.account.practice_id);
    let there = expect(stage.admin.call(Call::get(path.clone())).await?, 200)?;
    let there = there.body.pointer("/data").and_then(Value::as_array);
    let is_theirs = |one: &&Value| one.get("email").and_then(Value::as_str) == Some(EMAIL);
    let staff_id = there.and_then(|all| all.iter().find(is_theirs)?.get("staffId")?.as_i64());
    let (call, at) = match staff_id {
        Some(staff_id) => (
            Call::post(format!("{path}/{staff_id}/links"), json!({"kind": "setUp"})),
            "/token",
        ),
        None => {
            let who = json!({"name": "Robin Lee", "email": EMAIL, "role": "manager"});
            (Call::post(path, who), "/link/token")
        }
    };
    let made = expect(stage.admin.call(call).await?, 201)?;
    let token = made.body.pointer(at).and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| failed("no link"))
}

/// Takes them on, and sets their account up.
pub(super) async fn take_on(stage: &Stage, hub: &Hub) -> Result<Login, Failure> {
    let token = link(stage).await?;
    let opened = hub.open_staff_link(&token).await.map_err(failed)?;
    let secret = opened.totp_secret.as_deref().and_then(totp::secret_of);
    let secret = secret.ok_or_else(|| failed("no second factor"))?;
    let code = totp::code_at(&secret, hub.now());
    let words: [u8; 9] = hub.random().bytes();
    let password = words.map(|byte| format!("{byte:02x}")).concat();
    let used = hub
        .use_staff_link(&token, password.clone().into(), &code)
        .await
        .map_err(failed)?;
    Ok(Login {
        email: EMAIL,
        password,
        recovery_codes: used.recovery_codes,
    })
}
