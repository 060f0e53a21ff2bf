//! The tools that the checks need: found, installed with a word about it, or asked for.
//!
//! Nothing is skipped in silence: a tool that is missing and cannot be installed is an error that
//! says what to install.

use std::path::Path;
use std::process::Command;

use crate::browser;
use crate::command::{cargo, is_root, status, succeeds};
use crate::postgres::binaries::{Binaries, OLDEST};

/// Installs Debian's PostgreSQL without the cluster that the package would make and start: its
/// installation script reads the folder below and makes none.
const DEBIAN_POSTGRESQL: &str = "
    set -eu
    export DEBIAN_FRONTEND=noninteractive
    setting=/etc/postgresql-common/createcluster.d/slotbridge-install.conf
    mkdir -p \"${setting%/*}\"
    trap 'rm -f \"$setting\"' EXIT
    echo 'create_main_cluster = false' > \"$setting\"
    apt-get update -q
    apt-get install -y -q --no-install-recommends postgresql
";

/// Installs Debian's Python.
const DEBIAN_PYTHON: &str = "
    set -eu
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends python3 python3-venv
";

/// Installs Debian's Chromium, and a font to write with.
const DEBIAN_CHROMIUM: &str = "
    set -eu
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
";

/// rustfmt and clippy.
pub(crate) fn rust_components() -> Result<(), String> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if has_subcommand(subcommand) {
            continue;
        }
        if !succeeds(Command::new("rustup").arg("--version")) {
            return Err(format!(
                "{component} is missing: install it beside this Rust toolchain (with rustup: \
                 `rustup component add {component}`)"
            ));
        }
        println!("{component} is missing: installing it with rustup");
        install(
            Command::new("rustup").args(["component", "add", component]),
            component,
        )?;
    }
    Ok(())
}

/// cargo-nextest, which runs the tests.
pub(crate) fn nextest() -> Result<(), String> {
    if has_subcommand("nextest") {
        return Ok(());
    }
    println!("cargo-nextest is missing: installing it with cargo (this takes some minutes)");
    install(
        &mut cargo(&["install", "cargo-nextest", "--locked"]),
        "cargo-nextest",
    )?;
    if has_subcommand("nextest") {
        return Ok(());
    }
    Err("cargo-nextest is installed, but not where cargo finds it: see your PATH".to_owned())
}

/// Whether cargo-deny is there. It takes long to build, so only who wants it installs it.
pub(crate) fn has_deny() -> bool {
    has_subcommand("deny")
}

/// The programs of a PostgreSQL server.
pub(crate) fn postgres() -> Result<(), String> {
    let Err(missing) = Binaries::find() else {
        return Ok(());
    };
    with_apt(
        &missing,
        DEBIAN_POSTGRESQL,
        "postgresql",
        &format!("install PostgreSQL {OLDEST} or newer (the server)"),
    )?;
    Binaries::find().map(drop)
}

/// Python with what makes environments of it.
pub(crate) fn python() -> Result<(), String> {
    let has_venv = || succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    if has_venv() {
        return Ok(());
    }
    with_apt(
        "python3 with venv is missing",
        DEBIAN_PYTHON,
        "python3-venv",
        "install Python 3.10 or newer with venv and pip",
    )?;
    if has_venv() {
        return Ok(());
    }
    Err("python3-venv is installed, but python3 cannot make environments".to_owned())
}

/// Chromium, in which the tests use the pages, and axe-core.
pub(crate) fn browser() -> Result<(), String> {
    if !browser::is_there() {
        with_apt(
            "Chromium is missing",
            DEBIAN_CHROMIUM,
            "chromium",
            "install Chromium as /usr/bin/chromium",
        )?;
    }
    browser::axe()
}

/// Installs a Debian package by a script, if this is Debian and may be.
fn with_apt(missing: &str, script: &str, package: &str, otherwise: &str) -> Result<(), String> {
    let may_sudo = || succeeds(Command::new("sudo").args(["-n", "true"]));
    let mut installing = if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("{missing}; {otherwise}"));
    } else if is_root() {
        Command::new("sh")
    } else if may_sudo() {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "sh"]);
        sudo
    } else {
        return Err(format!(
            "{missing}; install it: `sudo apt-get install {package}`"
        ));
    };
    println!("{missing}: installing Debian's package {package} with apt-get");
    install(installing.args(["-c", script]), package)
}

fn has_subcommand(name: &str) -> bool {
    succeeds(&mut cargo(&[name, "--version"]))
}

fn install(command: &mut Command, what: &str) -> Result<(), String> {
    let ended = status(command)?;
    if ended.success() {
        return Ok(());
    }
    Err(format!(
        "could not install {what} ({ended}): install it by hand, then run this again"
    ))
}
