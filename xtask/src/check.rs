//! `cargo xtask check`: everything that must hold before a change lands, cheapest first.

use crate::command::cargo;
use crate::step::{Ended, Report, Stopped, plain};
use crate::suite::{Engine, doctests_step, tests_step, traces_step};
use crate::{Outcome, install, schemathesis};

/// Runs all steps up to the first that fails.
pub(crate) fn run() -> Outcome {
    let mut report = Report::default();
    let _ = run_steps(&mut report);
    Ok(report.close())
}

fn run_steps(report: &mut Report) -> Result<(), Stopped> {
    report.step("tools", "cargo xtask check", || match install_tools() {
        Ok(()) => Ended::default(),
        Err(why) => Ended::badly(why),
    })?;
    cargo_step(report, "format", "fmt --all --check", &[])?;
    cargo_step(
        report,
        "clippy",
        "clippy --workspace --all-targets --locked -- -D warnings",
        &[],
    )?;
    // Traces are not in the default build; only the binary knows of them.
    cargo_step(
        report,
        "clippy with traces",
        "clippy --package slotbridge --features otlp --all-targets --locked -- -D warnings",
        &[],
    )?;
    cargo_step(
        report,
        "docs",
        "doc --workspace --no-deps --locked",
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
    if install::has_deny() {
        cargo_step(
            report,
            "dependencies",
            "deny --locked check bans licenses sources",
            &[],
        )?;
    } else {
        report.left_out(
            "dependencies",
            "cargo-deny is not installed, so licences, banned crates and sources (deny.toml) are \
             not checked. To install it: cargo install cargo-deny --locked",
        );
    }
    tests_step(report, Engine::Sqlite, &[])?;
    tests_step(report, Engine::Postgres, &[])?;
    traces_step(report)?;
    doctests_step(report)?;
    schemathesis::step(report, false)
}

fn install_tools() -> Result<(), String> {
    install::rust_components()?;
    install::nextest()?;
    install::postgres()?;
    install::browser()?;
    install::python()
}

/// A cargo command as a step; `args` holds no argument with a space.
fn cargo_step(
    report: &mut Report,
    name: &'static str,
    args: &str,
    variables: &[(&str, &str)],
) -> Result<(), Stopped> {
    let set: String = variables
        .iter()
        .map(|(name, value)| format!("{name}={value:?} "))
        .collect();
    let words: Vec<&str> = args.split(' ').collect();
    report.step(name, &format!("{set}cargo {args}"), || {
        plain(cargo(&words).envs(variables.iter().copied()))
    })
}
