//! The zone of the machine means nothing: a practice's times are those of its own (AVAIL-5).

use crate::support::{Place, Practice, tomorrow};
use serde_json::{Value, json};

#[test]
fn a_practice_has_its_own_zone_wherever_the_server_is_avail_5() {
    let place = Place::new();
    let server = place.start_with(&["--sandbox"], &[("TZ", "America/New_York")]);
    let day = tomorrow(&server).tomorrow().unwrap().to_string();
    let practice = Practice::new(&server, &place.token(), "Australia/Perth", &day);
    let path = format!(
        "/booking-api/v1/practices/{}/slots?from={day}&to={day}",
        practice.id
    );
    let (_, found) = server.call("GET", &path, "", "");
    let starts: Vec<&str> = found["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["start"].as_str().unwrap())
        .collect();
    assert_eq!(starts.len(), 16);
    assert_eq!(starts[0], format!("{day}T09:00:00+08:00"));
    let anna = json!({"firstname": "Anna", "lastname": "Nguyen", "dob": "1984-02-29",
        "phone": "0412 345 678", "email": "anna@example.com"});
    let body = practice.booking(&format!("{day}T01:00:00Z"), &anna);
    let (status, made) = server.call("POST", "/booking-api/v1/bookings", "", &body.to_string());
    assert_eq!(status, 201, "{made}");
    let (_, list) = practice.pms(&server, "GET /requests/bookings", &Value::Null);
    let time = &list["data"][0]["pmsAppointmentTime"];
    assert_eq!(*time, json!(format!("{day} 09:00:00")));
    server.stop();
}
