//! The PMS API.

mod bookings;
