//! The plain rows that use cases give to the faces, so that these need not know the store.

pub use slotbridge_store::appointment_types::AppointmentType;
pub use slotbridge_store::audit::{Entry as AuditEntry, Wanted as WantedEntries};
pub use slotbridge_store::bookings::Booking;
pub use slotbridge_store::callback_errors::CallbackError;
pub use slotbridge_store::consents::Consent;
pub use slotbridge_store::consumers::{Consumer, ConsumerKey};
pub use slotbridge_store::deliveries::{Delivery, Wanted as WantedDeliveries};
pub use slotbridge_store::health::Change as HealthChange;
pub use slotbridge_store::holds::Hold;
pub use slotbridge_store::operator_tokens::OperatorToken;
pub use slotbridge_store::pms_appointment_types::PmsAppointmentType;
pub use slotbridge_store::pms_resources::PmsResource;
pub use slotbridge_store::practice_search::{Found as FoundPractice, Wanted as WantedPractices};
pub use slotbridge_store::practices::{Practice, Search as PracticeSearch};
pub use slotbridge_store::practitioners::Practitioner;
pub use slotbridge_store::requests::{Request, Target};
pub use slotbridge_store::sessions::Session;
pub use slotbridge_store::subscriptions::Subscription;
pub use slotbridge_store::{Listed, StoreError, Tx, Window};
