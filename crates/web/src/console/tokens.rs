//! `/console/operator-tokens`: who may operate.

use super::{Frame, Sent, SignedIn, ask, name_of, once, utc};
use crate::Web;
use crate::failure::Failure;
use crate::page::{personal, see_other};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use slotbridge_hub::Error;
use slotbridge_hub::admin::operator_tokens;
use slotbridge_hub::rows::OperatorToken;

const HERE: &str = "tokens";
const PATH: &str = "/console/operator-tokens";

#[derive(Template)]
#[template(path = "console/tokens.html")]
struct TokensPage {
    frame: Frame,
    rows: Vec<Row>,
    once: String,
}

struct Row {
    id: i64,
    name: String,
    own: bool,
    made: String,
    revoked: Option<String>,
}

pub(crate) async fn show(State(web): State<Web>, by: SignedIn) -> Result<Response, Failure> {
    let operator = by.operator();
    let row = |token: OperatorToken| Row {
        id: token.token_id,
        own: token.token_id == operator.token_id(),
        made: utc(token.created_at),
        revoked: token.revoked_at.map(utc),
        name: token.name,
    };
    let tokens = operator_tokens::list(&web.hub, &operator).await?;
    personal(&TokensPage {
        frame: by.frame(HERE),
        rows: tokens.into_iter().map(row).collect(),
        once: once(&web),
    })
}

/// Makes a token, and shows it this once; or revokes one.
pub(crate) async fn change(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let operator = sent.by.operator();
    match sent.text("deed") {
        "create" => {
            let mut faults = Vec::new();
            let name = name_of(&sent, &mut faults);
            if !faults.is_empty() {
                return sent.refused(HERE, PATH, Error::Invalid(faults));
            }
            let render = |(_, token): &(OperatorToken, String)| json!({"token": token});
            let made = web.hub.once(sent.once(), render);
            match operator_tokens::create(&web.hub, &operator, name, made).await {
                Ok(answer) => {
                    let words = (
                        "The token is there",
                        "Whoever has it may do everything here.",
                    );
                    let secrets = [("Operator token", "token")];
                    ask::reveal(&sent, HERE, words, &answer, &secrets, PATH)
                }
                Err(error) => sent.refused(HERE, PATH, error),
            }
        }
        "revoke" if !sent.is_sure() => {
            let question = (
                "Revoke this operator token?",
                "Whatever uses it is refused from now on, and whoever is signed in with it is signed \
                 out: you too, if it is yours. A revoked token never comes back.",
                "Revoke the token",
            );
            ask::ask(&sent, HERE, question, PATH)
        }
        "revoke" => {
            let id = sent.number("tokenId").unwrap_or_default();
            match operator_tokens::revoke(&web.hub, &operator, id).await {
                Ok(()) => Ok(see_other(PATH)),
                Err(error) => sent.refused(HERE, PATH, error),
            }
        }
        _ => Err(Failure::new(StatusCode::BAD_REQUEST)),
    }
}
