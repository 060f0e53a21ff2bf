//! What was done, in one line or as JSON.

use crate::out::say;
use indicatif::{BinaryBytes, HumanCount};
use serde_json::json;
use slotbridge_store::transfer::Summary;

pub(super) struct Report<'f> {
    pub(super) summary: Summary,
    pub(super) seconds: f64,
    pub(super) file: &'f str,
}

impl Report<'_> {
    pub(super) fn rows(&self) -> String {
        let rows = HumanCount(self.summary.rows);
        match self.summary.objects {
            0 => format!("{rows} rows"),
            1 => format!("{rows} rows and 1 document"),
            objects => format!("{rows} rows and {} documents", HumanCount(objects)),
        }
    }

    pub(super) fn size(&self) -> String {
        BinaryBytes(self.summary.bytes).to_string()
    }

    /// What a backup is.
    pub(super) fn described(&self) -> String {
        let header = &self.summary.header;
        let engine = match header.engine.as_str() {
            "postgres" => "PostgreSQL",
            "sqlite" => "SQLite",
            other => other,
        };
        let key = match &header.master_key {
            Some(fingerprint) => format!("the master key {fingerprint}"),
            None => "its master key".to_owned(),
        };
        format!(
            "{} in {}, made at {} from {engine} by {}, schema {}; it needs {key}",
            self.rows(),
            self.size(),
            header.made_at,
            header.made_by,
            header.schema_version,
        )
    }

    /// Prints the line or the JSON; on stderr where stdout has the backup.
    pub(super) fn print(&self, line: &str, as_json: bool, on_stderr: bool) {
        let header = &self.summary.header;
        let text = if as_json {
            let json = json!({
                "file": self.file,
                "rows": self.summary.rows,
                "objects": self.summary.objects,
                "bytes": self.summary.bytes,
                "seconds": self.seconds,
                "content": self.summary.content,
                "tables": self.summary.tables,
                "schemaVersion": header.schema_version,
                "madeAt": header.made_at,
                "madeBy": header.made_by,
                "engine": header.engine,
                "masterKey": header.master_key,
            });
            format!("{json:#}")
        } else {
            line.to_owned()
        };
        if on_stderr {
            eprintln!("{text}");
        } else {
            say!("{text}");
        }
    }
}
