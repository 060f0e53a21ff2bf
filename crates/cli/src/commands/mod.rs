//! The command line.

mod agent;
mod backup;
mod completions;
mod config;
mod demo;
mod keygen;
mod load;
mod match_patients;
mod migrate;
mod openapi;
mod restore;
mod rotate_master_key;
mod serve;

use crate::admin;
use crate::failure::Failure;
use clap::{Parser, Subcommand};

const AFTER: &str = "\
Exit codes:
  0  it worked
  1  it did not; one line on stderr says why and what to do
  2  the command line is wrong

Examples:
  slotbridge demo                      see the main job happen, nothing to set up
  slotbridge serve                     a hub on this machine, its store in ./slotbridge-data
  slotbridge admin practices list      talk to it
  slotbridge backup hub.sbk            everything it holds, in a file, while it runs
  slotbridge config --template         every setting with its default and what it does";

/// A self-hosted hub between practice management systems and patients.
#[derive(Parser)]
#[command(name = "slotbridge", version, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Config(config::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Admin(Box<admin::Args>),
    Keygen(keygen::Args),
    Match(match_patients::Args),
    Agent(Box<agent::Args>),
    Migrate(migrate::Args),
    Load(Box<load::Args>),
    RotateMasterKey(rotate_master_key::Args),
    Openapi(openapi::Args),
    Completions(completions::Args),
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> Result<(), Failure> {
    match Cli::parse().command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Admin(args) => admin::run(*args),
        Command::Keygen(args) => keygen::run(&args),
        Command::Match(args) => match_patients::run(&args),
        Command::Agent(args) => agent::run(*args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Load(args) => load::run(*args),
        Command::RotateMasterKey(args) => rotate_master_key::run(&args),
        Command::Openapi(args) => openapi::run(&args),
        Command::Completions(args) => {
            completions::run(&args);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_is_and_shows_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(
                command.get_about().is_some(),
                "{path} does not say what it is"
            );
            let after = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(after.contains("Example"), "{path} shows no example");
            command
                .get_subcommands()
                .for_each(|inner| check(inner, &path));
        }
        check(&Cli::command(), "");
    }
}
