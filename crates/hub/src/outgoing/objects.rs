//! Objects: bulky content that is kept beside the database, sealed before it gets here.

use super::Doing;

/// Why an object could not be put, read or removed, for the log.
#[derive(Clone, Debug)]
pub struct ObjectFailure(pub String);

/// Wherever objects are kept. A name is 32 hexadecimal digits; an object never changes.
pub trait Objects: Send + Sync {
    /// Keeps an object under a name that nothing has. `Ok`: it is there after a power cut, too.
    fn put(&self, name: String, bytes: Vec<u8>) -> Doing<'_, (), ObjectFailure>;

    /// An object; `None` if there is none of that name.
    fn get(&self, name: String) -> Doing<'_, Option<Vec<u8>>, ObjectFailure>;

    /// Removes an object. One that is not there is no failure.
    fn remove(&self, name: String) -> Doing<'_, (), ObjectFailure>;
}
