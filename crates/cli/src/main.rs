//! `slotbridge`: the hub, its demo and its tools, on one command line.
//!
//! - [`commands`] is the command line: a file per command, each with its arguments and help.
//! - [`config`] is what can be set, and where from.
//! - [`serve`] is the hub as a process: store, address, workers, end.
//! - [`transfer`] is a store in a file, and back.
//! - [`matching`] is patients matched over files.
//! - [`agent`] runs clinics' PMSs against a hub, and sets that up.
//! - [`load`] makes load on a hub and tells what came of it.
//! - [`admin`] talks to the admin API over HTTP.
//! - [`demo`] plays the main job: a practice with a small PMS of its own, and a patient, who talk
//!   to the hub over HTTP like anybody else.
//!
//! Time, randomness and waiting are made in [`system`] and passed in everywhere else.

mod admin;
mod agent;
mod commands;
mod config;
mod demo;
mod failure;
mod file;
mod http;
mod load;
mod matching;
mod out;
mod progress;
mod serve;
mod system;
mod transfer;

use std::process::ExitCode;

/// A search or a batch of snapshots makes many small values; this one hands them out in half the
/// time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_told() {
                eprintln!("slotbridge: {failure}");
            }
            ExitCode::from(failure.code())
        }
    }
}
