//! Developer tasks: `cargo xtask help` lists them.
//!
//! This crate depends on nothing but the standard library, so that a fresh clone runs its first
//! command within a second or two.

mod bench;
mod browser;
mod check;
mod command;
mod counts;
mod install;
mod postgres;
mod schemathesis;
mod soak;
mod step;
mod suite;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
Developer tasks

cargo xtask check
    Everything CI runs: format, lints, docs, the tests on both engines, the doctests,
    schemathesis.
    Installs what it needs where it may, and says what to install where it may not.

cargo xtask test [--engine sqlite|postgres|both] [NEXTEST ARGS...]
    Just the tests, on both engines unless told otherwise.
    Without nextest arguments the doctests too.

cargo xtask bench [--quick] [--json FILE] [--only CASE] [--engine sqlite|postgres]
    Measures the server (a release build) against the limits of what it stands on, on both
    engines; --quick takes minutes.

cargo xtask soak [--engine sqlite|postgres|both] [--minutes N] [FILTER...]
    The long tests (kills, power cuts, I/O errors, zones and so on) in their full dose, in a
    release build; hours. With --minutes, each of those that go round and round ends after so long.

cargo xtask schemathesis [--full]
    Tries the real binary with input made from its own OpenAPI documents.

cargo xtask tidy
    Just the house rules (the tests run them as well).

cargo xtask postgres -- COMMAND...
    Runs COMMAND beside a private PostgreSQL server, with SLOTBRIDGE_TEST_DATABASE_URL,
    SLOTBRIDGE_TEST_ENGINE=postgres and libpq's PGHOST, PGPORT, PGUSER and PGDATABASE set.
";

/// What a task answers: the exit code, or why it could not be carried out.
type Outcome = Result<ExitCode, String>;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();

    let outcome = match task.as_str() {
        "check" if rest.is_empty() => check::run(),
        "test" => suite::run(&rest),
        "bench" => bench::run(&rest),
        "soak" => soak::run(&rest),
        "schemathesis" => schemathesis::run(&rest),
        "tidy" if rest.is_empty() => tidy::run(),
        "postgres" => postgres::run(&rest),
        postgres::GUARD_TASK => postgres::guard::run(&rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(format!(
            "no such task: {}\n\n{HELP}",
            std::env::args().skip(1).collect::<Vec<_>>().join(" ")
        )),
    };
    outcome.unwrap_or_else(|why| {
        eprintln!("xtask: {why}");
        ExitCode::FAILURE
    })
}
