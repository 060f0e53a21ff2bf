//! `cargo xtask schemathesis`: the real binary, tried by [schemathesis] with the documents that it
//! prints itself. What it must know of Slotbridge lies in `xtask/schemathesis`.
//!
//! [schemathesis]: https://pypi.org/project/schemathesis/

use crate::command::{built, cargo, status, workspace_root};
use crate::step::{Ended, Report, Stopped, plain};
use crate::{Outcome, install};
use std::path::PathBuf;
use std::process::Command;

/// `cargo xtask schemathesis [--full]`
pub(crate) fn run(args: &[String]) -> Outcome {
    let full = match args {
        [] => false,
        [flag] if flag == "--full" => true,
        _ => return Err("cargo xtask schemathesis [--full]".to_owned()),
    };
    let mut report = Report::default();
    let _ = step(&mut report, full);
    Ok(report.close())
}

/// All faces, as one step: some dozen calls of each operation, or thousands.
pub(crate) fn step(report: &mut Report, full: bool) -> Result<(), Stopped> {
    let flag = if full { " --full" } else { "" };
    let alone = format!("cargo xtask schemathesis{flag}");
    report.step("schemathesis", &alone, || match prepare(full) {
        Ok(mut command) => plain(&mut command),
        Err(why) => Ended::badly(why),
    })
}

fn prepare(full: bool) -> Result<Command, String> {
    let python = environment()?;
    if !status(&mut cargo(&["build", "--locked", "--package=slotbridge"]))?.success() {
        return Err("the binary cannot be built".to_owned());
    }
    let mut command = Command::new(python);
    command
        .arg(folder().join("run.py"))
        .arg(built("debug").join("slotbridge"))
        .args(full.then_some("--full"));
    Ok(command)
}

fn folder() -> PathBuf {
    workspace_root().join("xtask").join("schemathesis")
}

/// The Python of an environment that has what `requirements.txt` names. It is made anew when that
/// file changes.
fn environment() -> Result<PathBuf, String> {
    let wanted = folder().join("requirements.txt");
    let text = std::fs::read_to_string(&wanted)
        .map_err(|error| format!("cannot read {}: {error}", wanted.display()))?;
    let made = built("schemathesis");
    let python = made.join("bin").join("python");
    let installed = made.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|has| has == text) {
        return Ok(python);
    }
    install::python()?;
    println!("installing schemathesis from PyPI into {}", made.display());
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&made);
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ]);
    pip.arg(&wanted);
    for command in [&mut venv, &mut pip] {
        if !status(command)?.success() {
            return Err(
                "could not install schemathesis from PyPI: is the network there?".to_owned(),
            );
        }
    }
    std::fs::write(&installed, text)
        .map_err(|error| format!("cannot write {}: {error}", installed.display()))?;
    Ok(python)
}
