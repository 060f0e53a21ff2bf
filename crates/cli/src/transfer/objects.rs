//! The content of documents, as backups read and write it.

use crate::config::Settings;
use slotbridge_outbound::ObjectFolder;
use slotbridge_store::transfer::ObjectFiles;
use std::io;

/// The objects of a hub.
pub(super) struct Objects(ObjectFolder);

impl Objects {
    /// Those of the hub with these settings.
    pub(super) fn of(settings: &Settings) -> Self {
        Self(ObjectFolder::new(settings.objects()))
    }
}

impl ObjectFiles for Objects {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.read(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.write(name, bytes)
    }
}
