//! Subscriptions to callbacks, and the log of those that failed. What a callback itself is worth,
//! [`webhooks`](crate::webhooks) tells.

use crate::{
    Client, Error, Items,
    operations::{
        CREATE_SUBSCRIPTION, DELETE_SUBSCRIPTION, GET_SUBSCRIPTION, GET_SUBSCRIPTION_ERROR_LOGS,
        GET_SUBSCRIPTIONS, REPLACE_SUBSCRIPTION,
    },
};
use jiff::Timestamp;
use slotbridge_wire::{
    page::Page,
    subscriptions::{Subscription, SubscriptionErrorLog},
    time,
};

/// Which failed callbacks are wanted; all, if nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorLogFilter {
    /// Those of this subscription.
    pub subscription_id: Option<String>,
    /// From this second on.
    pub from: Option<Timestamp>,
    /// Until the end of this second.
    pub to: Option<Timestamp>,
}

impl ErrorLogFilter {
    fn query(&self) -> Vec<(&'static str, String)> {
        let id = self.subscription_id.clone();
        let parts = [
            ("subscriptionId", id),
            ("from", self.from.map(time::utc)),
            ("to", self.to.map(time::utc)),
        ];
        let given = parts
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        given.collect()
    }
}

impl Client {
    /// The subscriptions that have not expired, in the order in which they were made (SUB-1).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get_subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        self.read(self.call(&GET_SUBSCRIPTIONS, &[])?).await
    }

    /// Subscribes to callbacks (SUB-1). The same topic, URL and client id again is the same
    /// subscription, written anew. The answer has its id.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] for a URL that the hub would not call.
    pub async fn create_subscription(
        &self,
        subscription: &Subscription,
    ) -> Result<Subscription, Error> {
        let call = self.call(&CREATE_SUBSCRIPTION, &[])?;
        self.read(call.json(subscription)?).await
    }

    /// One subscription, also one that has expired.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if there is none.
    pub async fn get_subscription(&self, id: &str) -> Result<Subscription, Error> {
        self.read(self.call(&GET_SUBSCRIPTION, &[id])?).await
    }

    /// Writes a subscription anew, all of it: what is not sent is as if it were new. What waits for
    /// it goes to its new URL (SUB-1, SUB-3).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if there is none.
    pub async fn replace_subscription(
        &self,
        id: &str,
        subscription: &Subscription,
    ) -> Result<Subscription, Error> {
        let call = self.call(&REPLACE_SUBSCRIPTION, &[id])?;
        self.read(call.json(subscription)?).await
    }

    /// Ends a subscription, and what waits for it (SUB-3).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if there is none, or no longer.
    pub async fn delete_subscription(&self, id: &str) -> Result<(), Error> {
        self.run(self.call(&DELETE_SUBSCRIPTION, &[id])?).await
    }

    /// One page, from 1, of the callbacks that failed, oldest first (SUB-4).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::NotFound`] if the filter names a subscription that there is not.
    pub async fn get_subscription_error_logs(
        &self,
        filter: &ErrorLogFilter,
        page: i64,
    ) -> Result<Page<SubscriptionErrorLog>, Error> {
        self.page(&GET_SUBSCRIPTION_ERROR_LOGS, page, &filter.query())
            .await
    }

    /// All callbacks that failed, oldest first (SUB-4).
    pub fn all_subscription_error_logs(
        &self,
        filter: &ErrorLogFilter,
    ) -> Items<SubscriptionErrorLog> {
        self.items(&GET_SUBSCRIPTION_ERROR_LOGS, filter.query())
    }
}
