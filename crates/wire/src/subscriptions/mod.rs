//! Subscriptions to callbacks, and the log of those that failed.

mod error_log;
mod subscription;
mod topic;

pub use error_log::{SubscriptionErrorLog, SubscriptionErrorLogPayload, SubscriptionPayloadData};
pub use subscription::Subscription;
pub use topic::SubscriptionTopic;
