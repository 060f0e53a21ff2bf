-- The extra features that a consumer has enabled for a practice (CONF-4): a row is one that is on.
CREATE TABLE features (
    practice_id BIGINT NOT NULL REFERENCES practices,
    consumer_id BIGINT NOT NULL,
    feature TEXT NOT NULL,
    enabled_at BIGINT NOT NULL,
    PRIMARY KEY (practice_id, consumer_id, feature)
);

-- What requests of these features are about: the date type of a client snapshot; a document of the
-- PMS, or one of ours to be attached.
ALTER TABLE requests ADD COLUMN date_type TEXT;
ALTER TABLE requests ADD COLUMN document_id BIGINT;
