-- Who is to be called back, where, when there are requests (SUB-1). The lane is the callback's host
-- with the consumer: what is delivered there waits in one line.
CREATE TABLE subscriptions (
    practice_id BIGINT NOT NULL REFERENCES practices,
    subscription_id BIGINT NOT NULL,
    consumer_id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    lane TEXT NOT NULL,
    client_id TEXT,
    start_at BIGINT NOT NULL,
    expire_at BIGINT,
    PRIMARY KEY (practice_id, subscription_id)
);

-- What is to be told to whom (SUB-2), and what became of it. While one is waiting, due_at is its
-- next attempt, or the end of the lease of whoever makes one. It outlives its subscription.
CREATE TABLE deliveries (
    practice_id BIGINT NOT NULL REFERENCES practices,
    request_id BIGINT NOT NULL,
    subscription_id BIGINT NOT NULL,
    consumer_id BIGINT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT,
    ended_at BIGINT,
    -- From the first attempt on: the same bytes each time.
    payload TEXT,
    PRIMARY KEY (practice_id, request_id, subscription_id)
);
CREATE INDEX deliveries_waiting ON deliveries (lane, due_at, practice_id, request_id, subscription_id)
    WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_of_subscription ON deliveries (practice_id, subscription_id)
    WHERE due_at IS NOT NULL;

-- Every failed attempt (SUB-4), as it was.
CREATE TABLE callback_errors (
    practice_id BIGINT NOT NULL REFERENCES practices,
    error_id BIGINT NOT NULL,
    consumer_id BIGINT NOT NULL,
    subscription_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    topic TEXT NOT NULL,
    client_id TEXT,
    callback_url TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    error_type TEXT NOT NULL,
    error_message TEXT NOT NULL,
    PRIMARY KEY (practice_id, error_id)
);
CREATE INDEX callback_errors_by_time ON callback_errors (practice_id, at);

-- The secret before the last rotation signs as well until then (SUB-6).
ALTER TABLE consumers ADD COLUMN previous_webhook_secret BLOB;
ALTER TABLE consumers ADD COLUMN previous_secret_until BIGINT;
