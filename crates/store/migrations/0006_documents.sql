-- Documents of the PMS that a booking's patient may have (DOC-1 to DOC-3). What the PMS says of one,
-- its own id included, is sealed under the booking's key; document_index is the blind index of that
-- id. object_name names the sealed content in the object store.
CREATE TABLE documents (
    practice_id BIGINT NOT NULL REFERENCES practices,
    document_id BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    document_index BLOB NOT NULL,
    state TEXT NOT NULL,
    details BLOB NOT NULL,
    upload BLOB,
    object_name TEXT,
    PRIMARY KEY (practice_id, document_id),
    FOREIGN KEY (practice_id, booking_id) REFERENCES bookings
);
CREATE UNIQUE INDEX documents_of_booking ON documents (practice_id, booking_id, document_index);

-- Documents of patients, to be attached in the PMS (ATT-1, ATT-2). object_name is NULL once the
-- content is not needed any more.
CREATE TABLE attachments (
    practice_id BIGINT NOT NULL REFERENCES practices,
    document_id BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    details BLOB NOT NULL,
    object_name TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, document_id),
    FOREIGN KEY (practice_id, booking_id) REFERENCES bookings
);
CREATE INDEX attachments_of_booking ON attachments (practice_id, booking_id);

-- The consumer that has seen an availableDocuments request in a list: whatever it sends next
-- answers it (DOC-1).
ALTER TABLE requests ADD COLUMN handed_out_to BIGINT;
