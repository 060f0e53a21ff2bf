-- Which transaction last changed how a practice is configured, and which was the last of a program that
-- tells it: where that is not last_xid, one of the version before has written since, which may have
-- changed anything.
ALTER TABLE practice_counters ADD COLUMN configured_xid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE practice_counters ADD COLUMN told_xid BIGINT NOT NULL DEFAULT 0;
