//! The files of the repository: those that git tracks or would, or, where git cannot be asked, all
//! but what is built.

use std::path::Path;
use std::process::Command;

use crate::command::output;

/// One file, its path relative to the workspace and with `/` between the parts.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) size: u64,
    /// `None` where it is not text.
    pub(crate) text: Option<String>,
}

impl SourceFile {
    /// The lines with their numbers; none where it is not text.
    pub(crate) fn numbered_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.as_deref().unwrap_or_default().lines();
        lines.enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// All files, in the order of their paths.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) files: Vec<SourceFile>,
}

impl Tree {
    /// Reads the tree at `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut paths = match known_to_git(root) {
            Ok(paths) => paths,
            Err(_) => found_by_walking(root)?,
        };
        paths.sort();
        paths.dedup();
        let files = paths.into_iter().filter_map(|path| {
            let place = root.join(&path);
            // A link is nobody's source, and a file deleted but not yet committed is gone.
            let size = place
                .symlink_metadata()
                .ok()
                .filter(std::fs::Metadata::is_file)?
                .len();
            let text = String::from_utf8(std::fs::read(place).ok()?).ok();
            Some(SourceFile { path, size, text })
        });
        Ok(Self {
            files: files.collect(),
        })
    }

    /// The file at exactly this path.
    pub(crate) fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// A tree in memory, for the tests of the rules.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| SourceFile {
            path: (*path).to_owned(),
            size: text.len() as u64,
            text: Some((*text).to_owned()),
        });
        Self {
            files: files.collect(),
        }
    }
}

fn known_to_git(root: &Path) -> Result<Vec<String>, String> {
    let listed = output(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect())
}

fn found_by_walking(root: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && name != "target" && name != ".git" {
                folders.push(entry.path());
            } else if !is_folder {
                let relative = entry.path();
                let relative = relative.strip_prefix(root).unwrap_or(&relative);
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::workspace_root;

    #[test]
    fn walking_finds_what_git_knows() {
        let root = workspace_root();
        let walked = found_by_walking(&root).unwrap();
        assert!(
            walked.iter().any(|path| path == "xtask/src/tidy/tree.rs"),
            "{walked:?}"
        );
        assert!(!walked.iter().any(|path| path.starts_with("target/")));
    }
}
