-- The oldest program, by the schema that it knows, that goes on working beside this version: nodes
-- that have it serve, and start, while the others are replaced. Empty: none does.
ALTER TABLE schema_migrations ADD COLUMN works_with BIGINT;
