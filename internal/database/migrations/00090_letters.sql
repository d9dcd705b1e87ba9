-- +goose Up
-- One row a served decision: the very words of its letter, sealed.
CREATE TABLE letter (
  id          TEXT PRIMARY KEY,
  case_id     TEXT NOT NULL,
  decision_id TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  language    TEXT NOT NULL,
  texts       TEXT NOT NULL,
  sealed      BLOB NOT NULL,
  served_at   BIGINT NOT NULL
);
CREATE INDEX letter_case ON letter (case_id, id);

-- The printed sheet as it first left the house. It is given out again as it is.
CREATE TABLE letter_issue (
  letter_id TEXT PRIMARY KEY,
  sealed    BLOB NOT NULL,
  issued_at BIGINT NOT NULL,
  issued_by TEXT NOT NULL
);

-- Wordings that a professional translator has looked at. Another wording has
-- another digest, and is not approved by this.
CREATE TABLE letter_approval (
  path        TEXT NOT NULL,
  digest      TEXT NOT NULL,
  version     TEXT NOT NULL,
  approved_at BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  PRIMARY KEY (path, digest)
);
