-- Who delivers in a lane at the moment, until when, and what is in the air: [{"at", "of"}], the time of the
-- first attempts and of which deliveries they are. What somebody has taken who is gone is told again
-- with the same bytes. A lane that nobody has keeps its version, by which two notice each other.
CREATE TABLE delivery_lanes (
    lane TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    leased_until BIGINT,
    taken TEXT NOT NULL
);
ALTER TABLE deliveries DROP COLUMN leased_until;
