//! Every path of every face, with the methods that it takes.

/// The PMS API.
pub(crate) const PMS: [(&str, &str); 24] = [
    ("/requests", "GET"),
    ("/requests/bookings", "GET"),
    ("/requests/bookingUpdates", "GET"),
    ("/requests/availability", "GET"),
    ("/requests/pmsAppointmentChanges", "GET"),
    ("/requests/availableDocuments", "GET"),
    ("/requests/uploadDocuments", "GET"),
    ("/requests/clientSnapshots", "GET"),
    ("/requests/attachDocuments", "GET"),
    ("/config/pmsResources", "GET"),
    ("/config/pmsResources/findById", "GET"),
    ("/config/pmsResources/snapshot", "POST"),
    ("/config/pmsAppointmentTypes", "GET"),
    ("/config/pmsAppointmentTypes/findById", "GET"),
    ("/config/pmsAppointmentTypes/snapshot", "POST"),
    ("/config/livenessContract", "GET POST"),
    ("/availability/snapshot", "POST"),
    ("/availability/snapshots", "POST"),
    ("/bookings/100000001/confirmInsert", "POST"),
    ("/bookings/100000001/rejectInsert", "POST"),
    ("/bookings/100000001/confirmUpdate/100000002", "POST"),
    ("/bookings/100000001/rejectUpdate/100000002", "POST"),
    ("/bookings/100000001/cancel", "POST"),
    ("/bookings/100000001/didNotAttend", "POST"),
];

/// The booking API.
pub(crate) const BOOKING: [(&str, &str); 7] = [
    ("/practices", "GET"),
    ("/practices/1", "GET"),
    ("/practices/1/slots", "GET"),
    ("/holds", "POST"),
    ("/bookings", "POST"),
    ("/bookings/100000001", "GET"),
    ("/bookings/100000001/cancel", "POST"),
];

/// The admin API.
pub(crate) const ADMIN: [(&str, &str); 26] = [
    ("/operatorTokens", "GET POST"),
    ("/operatorTokens/1", "DELETE"),
    ("/consumers", "GET POST"),
    ("/consumers/1", "GET PATCH DELETE"),
    ("/consumers/1/keys", "POST"),
    ("/consumers/1/keys/1", "DELETE"),
    ("/consumers/1/webhookSecret", "POST"),
    ("/practices", "GET POST"),
    ("/practices/1", "GET PATCH DELETE"),
    ("/practices/1/consents", "GET POST"),
    ("/practices/1/consents/1", "DELETE"),
    ("/practices/1/requests", "GET POST"),
    ("/practices/1/practitioners", "GET POST"),
    ("/practices/1/practitioners/100000001", "PATCH"),
    ("/practices/1/appointmentTypes", "GET POST"),
    ("/practices/1/appointmentTypes/100000001", "PATCH"),
    ("/practices/1/pmsResources", "GET"),
    ("/practices/1/pmsAppointmentTypes", "GET"),
    ("/practices/1/bookings", "GET"),
    ("/practices/1/bookings/search", "POST"),
    ("/practices/1/bookings/100000001", "GET"),
    ("/practices/1/bookings/100000001/enteredByHand", "POST"),
    ("/practices/1/bookings/100000001/cancel", "POST"),
    ("/practices/1/bookings/100000001/attended", "POST"),
    ("/practices/1/attention", "GET"),
    ("/practices/1/bookability", "GET"),
];

/// The sandbox API.
pub(crate) const SANDBOX: [(&str, &str); 1] = [("/clock", "GET POST")];

/// Everything with its whole path.
pub(crate) fn all() -> Vec<(String, &'static str)> {
    let faces: [(&str, &[(&str, &str)]); 4] = [
        ("/pms-api/v1", &PMS),
        ("/booking-api/v1", &BOOKING),
        ("/admin-api/v1", &ADMIN),
        ("/sandbox-api/v1", &SANDBOX),
    ];
    let mut all = Vec::new();
    for (face, routes) in faces {
        all.extend(
            routes
                .iter()
                .map(|(path, methods)| (format!("{face}{path}"), *methods)),
        );
    }
    all
}
