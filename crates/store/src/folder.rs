//! Folders that last.

use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes a folder, with what leads to it, that is there after a power cut, too; only its owner may
/// look inside. A new name lasts once the folder in which it stands is synced: without that, a
/// store could vanish with its folder, however durable its commits are.
///
/// # Errors
/// The file system's.
pub fn make_folder(folder: &Path) -> Result<()> {
    let above = match folder.parent() {
        None => return Ok(()),
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
    };
    let new = match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make_folder(above)?;
            return make_folder(folder);
        }
        Err(_) if folder.is_dir() => false,
        Err(error) => return Err(error),
    };
    // Also of one that is there: whoever made it may have been cut off before this.
    match File::open(above).and_then(|above| above.sync_all()) {
        Err(error) if new => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_made_with_what_leads_to_it_for_its_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/b/c");
        for _ in 0..2 {
            make_folder(&folder).unwrap();
        }
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::write(folder.join("file"), "").unwrap();
        let below = make_folder(&folder.join("file/d"));
        assert!(below.is_err() && make_folder(&folder.join("file")).is_err());
        make_folder(Path::new("/")).unwrap();
        make_folder(Path::new(".")).unwrap();
    }
}
