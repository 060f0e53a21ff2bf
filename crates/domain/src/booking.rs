//! The life of a booking.
