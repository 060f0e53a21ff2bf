-- Which node planned the work or wrote the message, and so does or sends it when it is due. NULL: one of the
-- version before. All others come to it later, if it is still there.
ALTER TABLE due ADD COLUMN node BIGINT;
ALTER TABLE messages ADD COLUMN node BIGINT;
