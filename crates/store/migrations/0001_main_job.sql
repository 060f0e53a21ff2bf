-- Instants are BIGINT microseconds UTC, days and times of a practice TEXT, flags BIGINT 0 or 1.
-- Every primary key and unique index begins with practice_id, but for the global tables at the
-- top, and every foreign key stays within a practice: the schema can be spread by practice.

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value)
VALUES ('practices', 0), ('consumers', 0), ('consumer_keys', 0), ('operator_tokens', 0);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE operator_tokens (
    token_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE consumers (
    consumer_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    test BIGINT NOT NULL,
    wire_profile TEXT NOT NULL,
    webhook_secret BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    deactivated_at BIGINT
);

CREATE TABLE consumer_keys (
    key_id BIGINT NOT NULL PRIMARY KEY,
    consumer_id BIGINT NOT NULL REFERENCES consumers,
    key_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX consumer_keys_of_consumer ON consumer_keys (consumer_id);

CREATE TABLE practices (
    practice_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- What is searched, in lower case: SQLite's own LOWER() knows ASCII alone.
    search_name TEXT NOT NULL,
    search_suburb TEXT NOT NULL,
    search_specialties TEXT NOT NULL,
    timezone TEXT NOT NULL,
    state TEXT,
    address TEXT,
    suburb TEXT,
    postcode TEXT,
    phone TEXT,
    email TEXT,
    specialties TEXT NOT NULL,
    products TEXT NOT NULL,
    test BIGINT NOT NULL,
    auto_publish BIGINT NOT NULL,
    hide_when_unhealthy BIGINT NOT NULL,
    minimum_notice_minutes BIGINT NOT NULL,
    default_length_minutes BIGINT NOT NULL,
    wrapped_key BLOB,
    created_at BIGINT NOT NULL,
    deactivated_at BIGINT
);

-- Taken by every transaction that writes for a practice: the numbers it gives grow in the order
-- of commits (REQ-2), and no two transactions of one practice write at once.
CREATE TABLE practice_counters (
    practice_id BIGINT NOT NULL PRIMARY KEY REFERENCES practices,
    last_number BIGINT NOT NULL
);

CREATE TABLE consents (
    practice_id BIGINT NOT NULL REFERENCES practices,
    consent_id BIGINT NOT NULL,
    consumer_id BIGINT NOT NULL,
    key_hash BLOB NOT NULL,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (practice_id, consent_id)
);
CREATE UNIQUE INDEX consents_live ON consents (practice_id) WHERE revoked_at IS NULL;

CREATE TABLE contacts (
    practice_id BIGINT NOT NULL REFERENCES practices,
    consumer_id BIGINT NOT NULL,
    last_contact_at BIGINT NOT NULL,
    user_agent TEXT,
    PRIMARY KEY (practice_id, consumer_id)
);

CREATE TABLE practitioners (
    practice_id BIGINT NOT NULL REFERENCES practices,
    practitioner_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    title TEXT,
    firstname TEXT,
    lastname TEXT,
    follows_pms BIGINT NOT NULL,
    active BIGINT NOT NULL,
    PRIMARY KEY (practice_id, practitioner_id)
);

CREATE TABLE appointment_types (
    practice_id BIGINT NOT NULL REFERENCES practices,
    appointment_type_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    length_minutes BIGINT,
    follows_pms BIGINT NOT NULL,
    active BIGINT NOT NULL,
    PRIMARY KEY (practice_id, appointment_type_id)
);

CREATE TABLE pms_resources (
    practice_id BIGINT NOT NULL REFERENCES practices,
    pms_resource_id TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT,
    firstname TEXT,
    lastname TEXT,
    live BIGINT NOT NULL,
    position BIGINT NOT NULL,
    practitioner_id BIGINT,
    PRIMARY KEY (practice_id, pms_resource_id),
    FOREIGN KEY (practice_id, practitioner_id) REFERENCES practitioners
);

CREATE TABLE pms_appointment_types (
    practice_id BIGINT NOT NULL REFERENCES practices,
    pms_appointment_type_id TEXT NOT NULL,
    name TEXT NOT NULL,
    length_minutes BIGINT,
    pms_resource_id TEXT,
    live BIGINT NOT NULL,
    position BIGINT NOT NULL,
    appointment_type_id BIGINT,
    PRIMARY KEY (practice_id, pms_appointment_type_id),
    FOREIGN KEY (practice_id, appointment_type_id) REFERENCES appointment_types
);

CREATE TABLE liveness_contracts (
    practice_id BIGINT NOT NULL PRIMARY KEY REFERENCES practices,
    contract TEXT NOT NULL
);

CREATE TABLE resource_days (
    practice_id BIGINT NOT NULL,
    pms_resource_id TEXT NOT NULL,
    day TEXT NOT NULL,
    ranges TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, day, pms_resource_id),
    FOREIGN KEY (practice_id, pms_resource_id) REFERENCES pms_resources
);

CREATE TABLE bookings (
    practice_id BIGINT NOT NULL REFERENCES practices,
    booking_id BIGINT NOT NULL,
    practitioner_id BIGINT NOT NULL,
    appointment_type_id BIGINT NOT NULL,
    pms_resource_id TEXT NOT NULL,
    pms_appointment_type_id TEXT NOT NULL,
    comments TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    is_new_patient BIGINT NOT NULL,
    status TEXT NOT NULL,
    pms_answer TEXT NOT NULL,
    attendance TEXT,
    handed_out BIGINT NOT NULL,
    occupies BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    manage_hash BLOB NOT NULL,
    data_key BLOB,
    person BLOB,
    pms_record BLOB,
    phone_index BLOB,
    name_index BLOB,
    PRIMARY KEY (practice_id, booking_id)
);
CREATE INDEX bookings_occupying ON bookings (practice_id, pms_resource_id, start_at)
    WHERE occupies = 1;
CREATE INDEX bookings_by_start ON bookings (practice_id, start_at);
CREATE INDEX bookings_by_phone ON bookings (practice_id, phone_index)
    WHERE phone_index IS NOT NULL;
CREATE INDEX bookings_by_name ON bookings (practice_id, name_index)
    WHERE name_index IS NOT NULL;

-- A time at which the PMS rejected a booking: off until the day's next snapshot (BOOK-5).
CREATE TABLE slot_blocks (
    practice_id BIGINT NOT NULL REFERENCES practices,
    booking_id BIGINT NOT NULL,
    pms_resource_id TEXT NOT NULL,
    day TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, booking_id)
);
CREATE INDEX slot_blocks_of_day ON slot_blocks (practice_id, pms_resource_id, day);

CREATE TABLE holds (
    practice_id BIGINT NOT NULL REFERENCES practices,
    hold_hash BLOB NOT NULL,
    practitioner_id BIGINT NOT NULL,
    appointment_type_id BIGINT NOT NULL,
    pms_resource_id TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, hold_hash)
);
CREATE INDEX holds_of_resource ON holds (practice_id, pms_resource_id, start_at);

CREATE TABLE requests (
    practice_id BIGINT NOT NULL REFERENCES practices,
    request_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    target TEXT NOT NULL,
    booking_id BIGINT,
    pms_resource_id TEXT,
    day TEXT,
    created_at BIGINT NOT NULL,
    resolved_at BIGINT,
    answer TEXT,
    PRIMARY KEY (practice_id, request_id)
);
-- At most one outstanding per type and target (REQ-2); also what the poll and the lists read.
CREATE UNIQUE INDEX requests_outstanding ON requests (practice_id, type, target)
    WHERE resolved_at IS NULL;

CREATE TABLE alerts (
    practice_id BIGINT NOT NULL REFERENCES practices,
    booking_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, booking_id, kind)
);

CREATE TABLE audit (
    practice_id BIGINT NOT NULL REFERENCES practices,
    audit_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    booking_id BIGINT,
    detail TEXT NOT NULL,
    note BLOB,
    call_id TEXT NOT NULL,
    PRIMARY KEY (practice_id, audit_id)
);
CREATE INDEX audit_of_booking ON audit (practice_id, booking_id, audit_id)
    WHERE booking_id IS NOT NULL;

-- Whatever is to be done later. A row is deleted in the transaction that does it.
CREATE TABLE due (
    practice_id BIGINT NOT NULL REFERENCES practices,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, kind, target)
);
CREATE INDEX due_by_time ON due (due_at);

-- The first answers to calls with an Idempotency-Key, sealed under a key derived from it.
-- practice_id 0: calls that belong to no practice.
CREATE TABLE idempotency_keys (
    practice_id BIGINT NOT NULL,
    key_hash BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    answer BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, key_hash)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (practice_id, created_at);
