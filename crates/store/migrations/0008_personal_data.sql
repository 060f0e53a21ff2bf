-- How far back the bookings of a practice have been gone through for what is no longer kept: those
-- that began before `bookings_until` have no person any more.
CREATE TABLE retention (
    practice_id BIGINT NOT NULL PRIMARY KEY REFERENCES practices,
    bookings_until BIGINT NOT NULL
);

-- The first time is soon; each time plans the next.
INSERT INTO due (practice_id, kind, target, due_at)
SELECT practice_id, 'retention', '', created_at FROM practices;
