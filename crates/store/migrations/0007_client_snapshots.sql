-- Messages to people, written in the transaction of what they tell and sent afterwards. Receiver and
-- text are sealed: under the booking's key where the message is about one, else the practice's.
CREATE TABLE messages (
    practice_id BIGINT NOT NULL REFERENCES practices,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    booking_id BIGINT,
    channel TEXT NOT NULL,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When it is to be tried next, or the lease of whoever tries it ends; NULL once it is settled.
    next_at BIGINT,
    settled_at BIGINT,
    why TEXT,
    PRIMARY KEY (practice_id, kind, subject)
);
CREATE INDEX messages_by_age ON messages (practice_id, created_at);
CREATE INDEX messages_of_booking ON messages (practice_id, booking_id)
    WHERE booking_id IS NOT NULL;
CREATE INDEX messages_by_time ON messages (next_at, practice_id, kind, subject)
    WHERE next_at IS NOT NULL;

-- The last client snapshot of each date and date type, sealed under a key of its own (SNAP-1).
CREATE TABLE client_snapshots (
    practice_id BIGINT NOT NULL REFERENCES practices,
    date TEXT NOT NULL,
    date_type TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    data_key BLOB NOT NULL,
    content BLOB NOT NULL,
    -- What operators see of it: how much it holds, and its warnings.
    summary BLOB NOT NULL,
    PRIMARY KEY (practice_id, date, date_type)
);

-- The locations, practitioners and appointment types of the last client snapshot, with those that
-- are missing since (SNAP-2), sealed under the practice's key.
CREATE TABLE client_catalogues (
    practice_id BIGINT NOT NULL PRIMARY KEY REFERENCES practices,
    content BLOB NOT NULL
);

-- A reminder that was written (SNAP-3): once per appointment, known by its blind index, and time.
CREATE TABLE reminders (
    practice_id BIGINT NOT NULL REFERENCES practices,
    start_at BIGINT NOT NULL,
    appointment_index BLOB NOT NULL,
    PRIMARY KEY (practice_id, start_at, appointment_index)
);

-- The patients, known by their blind index, who want no reminders.
CREATE TABLE reminder_stops (
    practice_id BIGINT NOT NULL REFERENCES practices,
    patient_index BLOB NOT NULL,
    stopped_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, patient_index)
);

-- How many hours before an appointment its reminder goes out.
ALTER TABLE practices ADD COLUMN reminder_hours BIGINT NOT NULL DEFAULT 24;
