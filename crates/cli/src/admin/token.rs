//! Finding the operator's token.

use crate::config::DATA_DIR;
use crate::failure::Failure;
use crate::serve::OPERATOR_TOKEN;
use reqwest::Url;
use slotbridge_client::is_loopback;
use std::path::Path;

const VARIABLE: &str = "SLOTBRIDGE_OPERATOR_TOKEN";

/// The token: given, in the environment, or in a folder. The folder that nobody named is looked
/// at only for a hub on this machine: its token is nobody else's business.
pub(crate) fn find(
    url: &str,
    given: Option<String>,
    folder: Option<&Path>,
) -> Result<String, Failure> {
    if let Some(token) = given {
        return Ok(token);
    }
    if let Some(folder) = folder {
        return read(folder);
    }
    if let Ok(token) = std::env::var(VARIABLE)
        && !token.is_empty()
    {
        return Ok(token);
    }
    let here = Url::parse(url).is_ok_and(|url| is_loopback(&url));
    if here && Path::new(DATA_DIR).join(OPERATOR_TOKEN).exists() {
        return read(Path::new(DATA_DIR));
    }
    Err(Failure::usage(format!(
        "no operator token: set {VARIABLE}, or name the hub's data folder with --data-dir"
    )))
}

fn read(folder: &Path) -> Result<String, Failure> {
    let path = folder.join(OPERATOR_TOKEN);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}", path.display())))?;
    Ok(text.trim().to_owned())
}
