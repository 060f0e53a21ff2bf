//! The PMS agent as a process: all clinics of a settings file, and tools to set them up.
//!
//! - [`config`] reads the file; [`section`] is how, and a file each for its parts.
//! - [`mod@run`] is the agent, [`clinic`] one clinic of it, [`news`] what it says of one.
//! - [`mod@check`] looks whether all is well and changes nothing.
//! - [`mod@book`] is the desk of the demo's PMS.

mod adapters;
mod book;
mod callbacks;
mod check;
mod clinic;
mod clinics;
mod config;
mod hours;
mod hub;
mod init;
mod news;
mod resync;
mod run;
mod section;
mod state;

pub(crate) use book::{Desk, run as book};
pub(crate) use check::run as check;
pub(crate) use init::run as init;
pub(crate) use resync::run as resync;
pub(crate) use run::run;

/// The settings file, if none is named.
pub(crate) const CONFIG: &str = "agent.toml";
