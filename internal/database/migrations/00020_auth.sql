-- +goose Up
CREATE TABLE user_account (
  id              TEXT PRIMARY KEY,
  rev             BIGINT NOT NULL,
  agency_id       TEXT NOT NULL,
  login           TEXT NOT NULL UNIQUE,
  name            TEXT NOT NULL,
  roles           TEXT NOT NULL,
  active          BOOLEAN NOT NULL,
  password        TEXT NOT NULL,
  must_change     BOOLEAN NOT NULL,
  totp            BLOB,
  totp_step       BIGINT NOT NULL,
  failures        BIGINT NOT NULL,
  locked_until    BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  signed_in_at    BIGINT NOT NULL
);
CREATE INDEX user_account_agency ON user_account (agency_id, id);

CREATE TABLE recovery_code (
  user_id TEXT NOT NULL,
  digest  BLOB NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, digest)
);

-- The token itself is in the browser only; here is its SHA-256.
CREATE TABLE session (
  digest      BLOB PRIMARY KEY,
  user_id     TEXT NOT NULL,
  csrf        TEXT NOT NULL,
  stage       TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL,
  stepped_at  BIGINT NOT NULL,
  ended_at    BIGINT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_created ON session (created_at);

CREATE TABLE held_form (
  digest     BLOB PRIMARY KEY,
  user_id    TEXT NOT NULL,
  path       TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX held_form_created ON held_form (created_at);

CREATE TABLE api_token (
  id         TEXT PRIMARY KEY,
  digest     BLOB NOT NULL UNIQUE,
  agency_id  TEXT NOT NULL,
  owner_id   TEXT NOT NULL,
  role       TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  label      TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL
);
CREATE INDEX api_token_agency ON api_token (agency_id, id);
