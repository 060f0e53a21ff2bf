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
