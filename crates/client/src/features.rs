//! The extra features of the practice: `documents`, `clientSnapshots`, `attachDocuments` (CONF-4).

use crate::{
    Client, Error,
    operations::{DISABLE_FEATURE, ENABLE_FEATURE, GET_FEATURE, GET_FEATURES},
};
use slotbridge_wire::features::Feature;

impl Client {
    /// All features, and whether they are on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_features(&self) -> Result<Vec<Feature>, Error> {
        self.read(self.call(&GET_FEATURES, &[])?).await
    }

    /// One feature.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if there is no such feature.
    pub async fn get_feature(&self, id: &str) -> Result<Feature, Error> {
        self.read(self.call(&GET_FEATURE, &[id])?).await
    }

    /// Enables a feature: its requests are shown from now on, those too that were kept while it was
    /// off.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if there is no such feature.
    pub async fn enable_feature(&self, id: &str) -> Result<(), Error> {
        self.run(self.call(&ENABLE_FEATURE, &[id])?).await
    }

    /// Disables a feature: its requests are hidden and kept.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if there is no such feature.
    pub async fn disable_feature(&self, id: &str) -> Result<(), Error> {
        self.run(self.call(&DISABLE_FEATURE, &[id])?).await
    }
}
