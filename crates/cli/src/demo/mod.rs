//! `slotbridge demo`: the main job, with everybody in it.
//!
//! - [`stage`] starts a hub on an embedded store and sets up a practice, a vendor and a consent,
//!   all through the admin API.
//! - [`pms`] is the practice's management system: the agent, on an appointment book in one file.
//! - [`patient`] is a patient: a caller of the booking API.
//! - [`story`] plays the main job from end to end and checks every step against the hub's own
//!   answers (`--once`); [`tour`] sets it up for people to go on by hand.

mod check;
mod patient;
mod pms;
mod setup;
mod staff;
mod stage;
mod story;
mod tour;
mod wall;

use crate::failure::Failure;
use crate::serve::{self, Form, Signals};
use stage::Stage;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How the demo is played.
pub(crate) struct Options {
    /// Where the hub listens.
    pub(crate) listen: Option<SocketAddr>,
    /// Where the store is kept.
    pub(crate) data_dir: Option<PathBuf>,
    /// Whether the story is played to its end.
    pub(crate) once: bool,
}

/// Plays it.
pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let filter = std::env::var("SLOTBRIDGE_LOG").unwrap_or_default();
    // What the agent does is a part of what one sees.
    let usual = if options.once {
        "warn"
    } else {
        "warn,slotbridge_agent=info"
    };
    let filter = if filter.is_empty() { usual } else { &filter };
    let _logs = serve::start_logs(filter, Form::Readable)?;
    let runtime = serve::runtime()?;
    let (outcome, left) = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let stage = Stage::set(options.listen, options.data_dir, options.once).await?;
        let outcome = tokio::select! {
            outcome = play(&stage, options.once) => outcome,
            _ = signals.next() => if options.once {
                Err(Failure::new("interrupted"))
            } else {
                Ok(())
            },
        };
        signals.exit_on_next();
        Ok::<_, Failure>((outcome, stage.strike().await))
    })?;
    drop(runtime);
    // The store closes before its temporary folder goes.
    drop(left);
    outcome
}

async fn play(stage: &Stage, once: bool) -> Result<(), Failure> {
    if once {
        story::play(stage).await
    } else {
        tour::play(stage).await
    }
}
