//! Telling the hub what there is in the PMS.

use crate::{Client, Error};
use slotbridge_wire::{
    config::{LivenessContract, PmsAppointmentType, PmsResource},
    read::FromJson,
};

const RESOURCES: &str = "pmsResources";
const TYPES: &str = "pmsAppointmentTypes";
const LIVENESS: &[&str] = &["config", "livenessContract"];

impl Client {
    /// Replaces the whole list of resources (CONF-1).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if an id or name stands twice.
    pub async fn upload_pms_resources(&self, resources: &[PmsResource]) -> Result<(), Error> {
        self.run(
            self.post(&["config", RESOURCES, "snapshot"])
                .json(resources)?,
        )
        .await
    }

    /// The resources that the hub has.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_pms_resources(&self) -> Result<Vec<PmsResource>, Error> {
        self.read(self.get(&["config", RESOURCES])).await
    }

    /// The resource with this id, if the hub has it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_pms_resource(&self, id: &str) -> Result<Option<PmsResource>, Error> {
        self.find(RESOURCES, id).await
    }

    /// Replaces the whole list of appointment types (CONF-2).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if an id stands twice, or a name for one resource.
    pub async fn upload_pms_appointment_types(
        &self,
        types: &[PmsAppointmentType],
    ) -> Result<(), Error> {
        self.run(self.post(&["config", TYPES, "snapshot"]).json(types)?)
            .await
    }

    /// The appointment types that the hub has.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_pms_appointment_types(&self) -> Result<Vec<PmsAppointmentType>, Error> {
        self.read(self.get(&["config", TYPES])).await
    }

    /// The appointment type with this id, if the hub has it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_pms_appointment_type(
        &self,
        id: &str,
    ) -> Result<Option<PmsAppointmentType>, Error> {
        self.find(TYPES, id).await
    }

    /// The hours in which the hub counts on this integration (CONF-3).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_liveness_contract(&self) -> Result<LivenessContract, Error> {
        self.read(self.get(LIVENESS)).await
    }

    /// Replaces the hours in which the hub counts on this integration (CONF-3).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if a range starts and ends at the same minute.
    pub async fn upload_liveness_contract(&self, contract: &LivenessContract) -> Result<(), Error> {
        self.run(self.post(LIVENESS).json(contract)?).await
    }

    /// The hub answers a list of one or none.
    async fn find<T: FromJson>(&self, what: &str, id: &str) -> Result<Option<T>, Error> {
        let call = self.get(&["config", what, "findById"]).query("id", id);
        let found: Vec<T> = self.read(call).await?;
        Ok(found.into_iter().next())
    }
}
