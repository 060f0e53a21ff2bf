//! Telling the hub what there is in the PMS.

use crate::{
    Client, Error,
    operations::{
        FIND_BY_PMS_APPOINTMENT_TYPE_ID, FIND_BY_PMS_RESOURCE_ID, GET_LIVENESS_CONTRACT,
        GET_PMS_APPOINTMENT_TYPES, GET_RESOURCES, Operation, UPLOAD_LIVENESS_CONTRACT,
        UPLOAD_PMS_APPOINTMENT_TYPES, UPLOAD_PMS_RESOURCES,
    },
};
use slotbridge_wire::{
    config::{LivenessContract, PmsAppointmentType, PmsResource},
    read::FromJson,
};

impl Client {
    /// Replaces the whole list of resources (CONF-1).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if an id or name stands twice.
    pub async fn upload_pms_resources(&self, resources: &[PmsResource]) -> Result<(), Error> {
        let call = self.call(&UPLOAD_PMS_RESOURCES, &[])?;
        self.run(call.json(resources)?).await
    }

    /// The resources that the hub has.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_resources(&self) -> Result<Vec<PmsResource>, Error> {
        self.read(self.call(&GET_RESOURCES, &[])?).await
    }

    /// The resource with this id, if the hub has it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_by_pms_resource_id(&self, id: &str) -> Result<Option<PmsResource>, Error> {
        self.find(&FIND_BY_PMS_RESOURCE_ID, id).await
    }

    /// Replaces the whole list of appointment types (CONF-2).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if an id stands twice, or a name for one resource.
    pub async fn upload_pms_appointment_types(
        &self,
        types: &[PmsAppointmentType],
    ) -> Result<(), Error> {
        let call = self.call(&UPLOAD_PMS_APPOINTMENT_TYPES, &[])?;
        self.run(call.json(types)?).await
    }

    /// The appointment types that the hub has.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_pms_appointment_types(&self) -> Result<Vec<PmsAppointmentType>, Error> {
        self.read(self.call(&GET_PMS_APPOINTMENT_TYPES, &[])?).await
    }

    /// The appointment type with this id, if the hub has it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn find_by_pms_appointment_type_id(
        &self,
        id: &str,
    ) -> Result<Option<PmsAppointmentType>, Error> {
        self.find(&FIND_BY_PMS_APPOINTMENT_TYPE_ID, id).await
    }

    /// The hours in which the hub counts on this integration (CONF-3).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_liveness_contract(&self) -> Result<LivenessContract, Error> {
        self.read(self.call(&GET_LIVENESS_CONTRACT, &[])?).await
    }

    /// Replaces the hours in which the hub counts on this integration (CONF-3).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if a range starts and ends at the same minute.
    pub async fn upload_liveness_contract(&self, contract: &LivenessContract) -> Result<(), Error> {
        let call = self.call(&UPLOAD_LIVENESS_CONTRACT, &[])?;
        self.run(call.json(contract)?).await
    }

    /// The hub answers a list of one or none.
    async fn find<T: FromJson>(
        &self,
        operation: &'static Operation,
        id: &str,
    ) -> Result<Option<T>, Error> {
        let call = self.call(operation, &[])?.query("id", id);
        let found: Vec<T> = self.read(call).await?;
        Ok(found.into_iter().next())
    }
}
