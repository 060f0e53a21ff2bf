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
CREATE INDEX messages_by_time ON messages (next_at) WHERE next_at IS NOT NULL;
