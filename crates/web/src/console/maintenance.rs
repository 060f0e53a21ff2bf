//! `/console/maintenance`: sending callers away for a while.

use super::{Frame, Sent, SignedIn, ask, utc};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use slotbridge_hub::maintenance::{Announced, LONGEST_MESSAGE, LONGEST_MINUTES};
use slotbridge_hub::{Error, Fault};

const HERE: &str = "maintenance";
const PATH: &str = "/console/maintenance";

#[derive(Template)]
#[template(path = "console/maintenance.html")]
struct MaintenancePage {
    frame: Frame,
    in_force: Option<InForce>,
    longest_minutes: i64,
    longest_message: usize,
}

struct InForce {
    since: String,
    until: Option<String>,
    message: String,
}

pub(crate) async fn show(State(web): State<Web>, by: SignedIn) -> Result<Response, Failure> {
    let maintenance = web.hub.maintenance().await;
    let in_force = maintenance.map(|one| InForce {
        since: utc(one.since),
        until: one.until.map(utc),
        message: one.message.clone().unwrap_or_default(),
    });
    personal(&MaintenancePage {
        frame: by.frame(HERE),
        in_force,
        longest_minutes: LONGEST_MINUTES,
        longest_message: LONGEST_MESSAGE,
    })
}

/// Begins it, changes what is announced, or ends it.
pub(crate) async fn change(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let operator = sent.by.operator();
    match sent.text("deed") {
        "begin" if !sent.is_sure() => {
            let question = (
                "Send everybody away?",
                "Patients cannot book or cancel, staff cannot get into the portal, and every PMS is \
                 told to come back later. Bookings that were made stand after their 20 seconds. It \
                 lasts until you end it here.",
                "Begin maintenance",
            );
            ask::ask(&sent, HERE, question, PATH)
        }
        "begin" => {
            let for_minutes = match sent.text("minutes") {
                "" => None,
                text => match text.parse() {
                    Ok(minutes) => Some(minutes),
                    Err(_) => {
                        let fault = Fault::new("forMinutes", "must be a number of minutes");
                        return sent.refused(HERE, PATH, Error::Invalid(vec![fault]));
                    }
                },
            };
            let announced = Announced {
                for_minutes,
                message: Some(sent.text("message").to_owned()),
            };
            let begun = web.hub.announce_maintenance(&operator, announced).await;
            sent.done(HERE, PATH, begun.map(drop))
        }
        "end" => {
            let ended = web.hub.end_maintenance(&operator).await;
            sent.done(HERE, PATH, ended)
        }
        _ => Err(Failure::new(StatusCode::BAD_REQUEST)),
    }
}
