//! Resources and appointment types: sent when they have changed, and when the hub asks (CONF-1,
//! CONF-2, REQ-4).

use super::{Clinic, Stopped};
use crate::state::hex_digest;

impl Clinic {
    /// Sends resources and types unless the hub has them as they are.
    pub(crate) async fn send_configuration(&self, anyway: bool) -> Result<(), Stopped> {
        let resources = self.adapter.resources().await?;
        let types = self.adapter.appointment_types().await?;
        let json = serde_json::to_vec(&(&resources, &types));
        let digest = hex_digest(&json.unwrap_or_default());
        if !anyway && self.state.configuration()?.as_ref() == Some(&digest) {
            return Ok(());
        }
        // Types may be of resources: these first.
        self.client.upload_pms_resources(&resources).await?;
        self.client.upload_pms_appointment_types(&types).await?;
        let ids = resources.iter().map(|one| one.pms_resource_id.as_str());
        self.state.keep_days_of(&ids.collect::<Vec<_>>())?;
        Ok(self.state.set_configuration(&digest)?)
    }
}
