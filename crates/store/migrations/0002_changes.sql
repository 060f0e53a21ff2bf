-- Which transaction wrote last for a practice, and of those that belong to none ('changes'), as
-- PostgreSQL numbers them: other nodes learn from it what they must read again. The embedded store
-- has one node and leaves it at 0.
ALTER TABLE practice_counters ADD COLUMN last_xid BIGINT NOT NULL DEFAULT 0;
INSERT INTO counters (name, value) VALUES ('changes', 0);
