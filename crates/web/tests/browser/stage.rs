//! A practice as patients find them, served on a port.

use serde_json::json;
use slotbridge_testkit::{Clinic, TestApp};

/// The stage.
pub(crate) struct Stage {
    pub(crate) clinic: Clinic,
    /// Where it is served.
    pub(crate) url: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let details = json!({
            "name": "Harbour Street Medical", "timezone": "Australia/Sydney", "state": "NSW",
            "address": "12 Harbour Street", "suburb": "Sydney", "postcode": "2000",
            "phone": "02 9876 5432", "specialties": ["general practice", "skin checks"],
            "products": ["newPatientForm", "preScreeningForm"],
        });
        let clinic = Clinic::at(TestApp::new().await, details).await;
        clinic
            .app
            .link(json!({
                "name": "Kirra Family Practice", "timezone": "Australia/Brisbane", "state": "QLD",
                "address": "3 Marine Parade", "suburb": "Coolangatta", "postcode": "4225",
                "specialties": ["general practice"],
            }))
            .await;
        let resources = json!([
            {"pmsResourceId": "12345", "pmsResourceName": "Dr Maya Fraser"},
            {"pmsResourceId": "12346", "pmsResourceName": "Dr Tom O’Brien"},
            {"pmsResourceId": "12347", "pmsResourceName": "Nurse Wei Chen"},
        ]);
        clinic
            .pms("POST", "/config/pmsResources/snapshot", resources)
            .await
            .expect(200);
        let kind = |id: &str, name: &str, minutes: &str| {
            json!({
                "pmsAppointmentTypeId": id, "pmsAppointmentTypeName": name,
                "pmsAppointmentLength": minutes,
            })
        };
        let types = json!([
            kind("G1235", "Standard consultation", "30"),
            kind("L1", "Long consultation", "60"),
            kind("V1", "Vaccination", "15"),
        ]);
        clinic
            .pms("POST", "/config/pmsAppointmentTypes/snapshot", types)
            .await
            .expect(200);
        for resource in ["12345", "12346"] {
            for day in ["2026-11-24", "2026-11-25", "2026-11-27"] {
                let snapshot = slotbridge_testkit::clinic::snapshot(resource, day);
                clinic
                    .pms("POST", "/availability/snapshot", snapshot)
                    .await
                    .expect(200);
            }
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let router = clinic.app.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { clinic, url }
    }

    /// The practice's page.
    pub(crate) fn practice(&self) -> String {
        format!("{}/practices/{}", self.url, self.clinic.pms.practice_id)
    }
}
