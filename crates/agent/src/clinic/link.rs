//! Linking a clinic to its practice, and what keeps it linked.

use super::{Clinic, Stopped};
use jiff::SignedDuration;
use slotbridge_client::wire::config::LivenessContract;
use slotbridge_client::wire::profile::Field;
use slotbridge_client::wire::subscriptions::{Subscription, SubscriptionTopic};
use slotbridge_client::wire::time::Utc;

/// How long a subscription is in force unless it is renewed: an agent that goes for good is not called
/// for ever.
const IN_FORCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The extra feature that the agent has.
const DOCUMENTS: &str = "documents";

impl Clinic {
    /// Begins to work: says when the hub can count on an answer, which features there are, and where
    /// to call back. What is outstanding, and what the hub is to know, is then dealt with as ever.
    ///
    /// # Errors
    /// What could not be done; call it again.
    pub async fn link(&self) -> Result<(), Stopped> {
        self.promise().await?;
        self.set_features().await?;
        self.subscribe().await
    }

    /// Sends resources, types and free times where the hub does not have them as they are.
    ///
    /// # Errors
    /// What could not be done; call it again.
    pub async fn send_all(&self) -> Result<(), Stopped> {
        self.send_configuration(false).await?;
        self.send_all_days().await
    }

    /// Sends all that the hub should have, whether or not it has it already.
    ///
    /// # Errors
    /// What could not be done; call it again.
    pub async fn resync(&self) -> Result<(), Stopped> {
        self.forget_sent()?;
        self.promise().await?;
        self.send_all().await
    }

    /// Forgets what the hub has been sent, when it may have forgotten too.
    pub(crate) fn forget_sent(&self) -> Result<(), Stopped> {
        Ok(self.state.forget_sent()?)
    }

    /// Forgets the bookings of which nobody tells any more.
    pub(crate) fn forget_settled(&self) -> Result<(), Stopped> {
        Ok(self.state.forget_settled((self.now)())?)
    }

    /// Says when the hub can count on an answer (CONF-3).
    async fn promise(&self) -> Result<(), Stopped> {
        let Some(hours) = &self.settings.live_hours else {
            return Ok(());
        };
        let contract = LivenessContract {
            live_hours: Some(hours.clone()),
        };
        Ok(self.client.upload_liveness_contract(&contract).await?)
    }

    /// Has the features on that the agent has, and no others: what is asked of those by the hub would
    /// stay unanswered (CONF-4, HEALTH-4).
    async fn set_features(&self) -> Result<(), Stopped> {
        for feature in self.client.get_features().await? {
            let wanted = feature.id == DOCUMENTS && self.settings.documents;
            match (feature.enabled, wanted) {
                (false, true) => self.client.enable_feature(&feature.id).await?,
                (true, false) => self.client.disable_feature(&feature.id).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Subscribes to callbacks, or renews the subscription; one with another address is taken back
    /// (SUB-1).
    pub(crate) async fn subscribe(&self) -> Result<(), Stopped> {
        let (name, url) = (&self.settings.name, self.settings.callback_url.as_ref());
        let all = self.client.get_subscriptions().await?;
        let ours = all
            .into_iter()
            .filter(|one| one.client_id.as_ref() == Some(name));
        for old in ours.filter(|one| Some(&one.callback_url) != url) {
            if let Some(id) = &old.id {
                self.client.delete_subscription(id).await?;
            }
        }
        if let Some(url) = url {
            let subscription = Subscription {
                id: None,
                client_id: Some(name.clone()),
                topic: SubscriptionTopic::All,
                callback_url: url.clone(),
                start_at: None,
                expire_at: Field::Value(Utc((self.now)() + IN_FORCE)),
            };
            self.client.create_subscription(&subscription).await?;
        }
        Ok(())
    }
}
