-- Staff of practices. An account may work for several practices, so it is none's; what it is at a
-- practice is that practice's own. Name and mail are sealed; the mail is found by a blind index.
INSERT INTO counters (name, value) VALUES ('staff', 0), ('staff_links', 0), ('sessions', 0);

CREATE TABLE staff (
    staff_id BIGINT NOT NULL PRIMARY KEY,
    person BLOB NOT NULL,
    email_index BLOB NOT NULL UNIQUE,
    -- Until the link is used there is neither.
    password BLOB,
    totp_secret BLOB,
    -- The last code that was used: each opens once.
    totp_step BIGINT NOT NULL,
    -- How many practices it works for; a transaction of one does not see the others'.
    memberships BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    deactivated_at BIGINT
);

CREATE TABLE memberships (
    practice_id BIGINT NOT NULL REFERENCES practices,
    staff_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (practice_id, staff_id)
);
CREATE INDEX memberships_of_staff ON memberships (staff_id);

CREATE TABLE staff_recovery_codes (
    staff_id BIGINT NOT NULL REFERENCES staff,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (staff_id, code_hash)
);

-- Links that set up an account or a new password. Each is used once, and is then gone.
CREATE TABLE staff_links (
    link_id BIGINT NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff,
    kind TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    totp_secret BLOB,
    expires_at BIGINT NOT NULL
);
CREATE INDEX staff_links_of_staff ON staff_links (staff_id);

-- Sessions of staff (by staff_id) and of operators (by token_id).
CREATE TABLE sessions (
    session_id BIGINT NOT NULL PRIMARY KEY,
    session_hash BLOB NOT NULL UNIQUE,
    staff_id BIGINT REFERENCES staff,
    token_id BIGINT REFERENCES operator_tokens,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_of_staff ON sessions (staff_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Wrong attempts to sign in, by the blind index of the mail, whether or not it has an account: an
-- outsider cannot tell the two apart.
CREATE TABLE sign_in_attempts (
    email_index BLOB NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);
