-- Functions with the names of Citus's, which hold what its documentation says of keys: every unique index
-- has the column by which a table is spread, a foreign key goes to a reference table or, with that
-- column, to a table that lies with this one; one of a reference table goes to reference tables only.
CREATE TABLE spread (name TEXT PRIMARY KEY, by TEXT, lies_with TEXT);

CREATE FUNCTION create_reference_table(relation REGCLASS) RETURNS VOID AS $$
DECLARE parent TEXT;
BEGIN
    FOR parent IN SELECT c.confrelid::REGCLASS::TEXT FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conrelid = relation AND c.confrelid <> relation
    LOOP
        IF NOT EXISTS (SELECT FROM spread WHERE name = parent AND by IS NULL) THEN
            RAISE '% refers to %', relation, parent;
        END IF;
    END LOOP;
    INSERT INTO spread VALUES (relation::TEXT, NULL, NULL);
END $$ LANGUAGE plpgsql;

CREATE FUNCTION create_distributed_table(relation REGCLASS, by TEXT, colocate_with TEXT DEFAULT 'default')
RETURNS VOID AS $$
DECLARE
    place SMALLINT := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = by);
    key RECORD;
BEGIN
    IF place IS NULL THEN
        RAISE '% has no %', relation, by;
    END IF;
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = relation AND indisunique
        AND NOT place = ANY (indkey::SMALLINT[]))
    THEN
        RAISE 'a unique index of % does not hold %', relation, by;
    END IF;
    IF colocate_with <> 'none' AND NOT EXISTS (SELECT FROM spread WHERE name = colocate_with) THEN
        RAISE '% comes before %', relation, colocate_with;
    END IF;
    FOR key IN SELECT confrelid::REGCLASS::TEXT AS parent, conkey FROM pg_constraint
        WHERE contype = 'f' AND conrelid = relation
    LOOP
        IF NOT EXISTS (SELECT FROM spread s WHERE s.name = key.parent AND (s.by IS NULL
            OR place = ANY (key.conkey) AND colocate_with IN (s.name, s.lies_with)))
        THEN
            RAISE '% refers to %', relation, key.parent;
        END IF;
    END LOOP;
    INSERT INTO spread VALUES (relation::TEXT, by, colocate_with);
END $$ LANGUAGE plpgsql;
