-- How a practice's integration does (HEALTH-1 to HEALTH-4): its state and why, in names; whether it
-- has been unhealthy and not healthy since.
CREATE TABLE health (
    practice_id BIGINT NOT NULL PRIMARY KEY REFERENCES practices,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    troubled BIGINT NOT NULL
);

CREATE INDEX health_unhealthy ON health (practice_id) WHERE state = 'unhealthy';

-- Each change into and out of being unhealthy, for ever.
CREATE TABLE health_changes (
    practice_id BIGINT NOT NULL REFERENCES practices,
    change_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    reasons TEXT NOT NULL,
    PRIMARY KEY (practice_id, change_id)
);

-- The extra features whose requests are not answered in time (HEALTH-4).
CREATE TABLE late_features (
    practice_id BIGINT NOT NULL REFERENCES practices,
    feature TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (practice_id, feature)
);

-- A practice's own public holidays, beside those of its state.
CREATE TABLE practice_holidays (
    practice_id BIGINT NOT NULL REFERENCES practices,
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (practice_id, day)
);

ALTER TABLE practices ADD COLUMN ask_after_appointments BIGINT NOT NULL DEFAULT 0;
ALTER TABLE practices ADD COLUMN hide_when_feature_late BIGINT NOT NULL DEFAULT 0;

-- When the PMS last said which appointments a booking has: a snapshot from before that says nothing
-- of it (BOOK-12).
ALTER TABLE bookings ADD COLUMN confirmed_at BIGINT;
UPDATE bookings SET confirmed_at = created_at WHERE pms_answer = 'confirmed';

-- Integrations that are there already are judged from now on.
INSERT INTO due (practice_id, kind, target, due_at)
SELECT practice_id, 'health', '', 0 FROM consents WHERE revoked_at IS NULL;
