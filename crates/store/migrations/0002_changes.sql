-- Which transaction wrote last for a practice, and which of those that belong to none, as
-- PostgreSQL numbers them: other nodes learn from it what they must read again. The embedded store
-- has one node and leaves it at 0; a backup leaves it out, since it means nothing elsewhere.
ALTER TABLE practice_counters ADD COLUMN last_xid BIGINT NOT NULL DEFAULT 0;

CREATE TABLE global_changes (
    name TEXT NOT NULL PRIMARY KEY,
    last_xid BIGINT NOT NULL DEFAULT 0
);
INSERT INTO global_changes (name) VALUES ('global');
