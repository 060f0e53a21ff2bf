//! What the tests of the pages need: Chromium, and axe-core, which finds what people with
//! disabilities would stumble over. No npm: its archive is fetched and checked here.

use crate::command::{built, status};
use std::path::Path;
use std::process::{Command, Stdio};

/// The version of axe-core, and the SHA-512 of its archive in the npm registry.
const AXE: &str = "4.14.1";
const AXE_SHA512: &str = "1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b73\
                          4f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5";

/// Where Chromium is looked for; the tests look there too.
const PROGRAMS: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// Whether there is a browser that the tests can use.
pub(crate) fn is_there() -> bool {
    PROGRAMS.iter().any(|path| Path::new(path).exists())
}

/// Fetches axe-core into the target folder, unless this version is there.
pub(crate) fn axe() -> Result<(), String> {
    let folder = built("axe-core");
    let version = folder.join("version");
    if std::fs::read_to_string(&version).is_ok_and(|has| has == AXE)
        && folder.join("axe.min.js").exists()
    {
        return Ok(());
    }
    let url = format!("https://registry.npmjs.org/axe-core/-/axe-core-{AXE}.tgz");
    let failed = |what: &dyn std::fmt::Display| {
        format!("axe-core is missing and could not be fetched from {url}: {what}")
    };
    println!(
        "fetching axe-core {AXE} from the npm registry into {}",
        folder.display()
    );
    std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    let archive = folder.join("axe-core.tgz");
    run(Command::new("curl")
        .args(["-fsSL", "--retry", "3", "-o"])
        .arg(&archive)
        .arg(&url))
    .map_err(|why| failed(&why))?;
    let sum = Command::new("sha512sum")
        .arg(&archive)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(&error))?;
    let sum = String::from_utf8_lossy(&sum.stdout).into_owned();
    if sum.split_whitespace().next() != Some(AXE_SHA512) {
        return Err(failed(&format!(
            "its SHA-512 is not the expected one but {sum}"
        )));
    }
    run(Command::new("tar")
        .args(["-xzf"])
        .arg(&archive)
        .arg("-C")
        .arg(&folder)
        .args(["--strip-components=1", "package/axe.min.js"]))
    .map_err(|why| failed(&why))?;
    std::fs::write(&version, AXE).map_err(|error| failed(&error))
}

fn run(command: &mut Command) -> Result<(), String> {
    let ended = status(command)?;
    if ended.success() {
        Ok(())
    } else {
        Err(ended.to_string())
    }
}
