-- The booking that a patient took instead of this one, and the blind index of the patient's mail, by
-- which lost links are found. Bookings from before have no such index: they are found by phone.
ALTER TABLE bookings ADD COLUMN rescheduled_to BIGINT;
ALTER TABLE bookings ADD COLUMN email_index BLOB;
CREATE INDEX bookings_by_email ON bookings (practice_id, email_index)
    WHERE email_index IS NOT NULL;

-- How often the links of an address were sent on a day of the practice.
CREATE TABLE manage_links_sent (
    practice_id BIGINT NOT NULL REFERENCES practices,
    email_index BLOB NOT NULL,
    day TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (practice_id, email_index, day)
);

-- Who wants to be told if an earlier time than their booking's comes free. No practitioner: anybody
-- will do.
CREATE TABLE waitlist (
    practice_id BIGINT NOT NULL REFERENCES practices,
    booking_id BIGINT NOT NULL,
    practitioner_id BIGINT,
    earliest_at BIGINT NOT NULL,
    latest_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, booking_id),
    FOREIGN KEY (practice_id, booking_id) REFERENCES bookings
);

-- The times that were offered to them, each kept by a hold until expires_at: none twice.
CREATE TABLE waitlist_offers (
    practice_id BIGINT NOT NULL REFERENCES practices,
    booking_id BIGINT NOT NULL,
    practitioner_id BIGINT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    hold_hash BLOB NOT NULL,
    PRIMARY KEY (practice_id, booking_id, start_at, practitioner_id),
    FOREIGN KEY (practice_id, booking_id) REFERENCES bookings
);
