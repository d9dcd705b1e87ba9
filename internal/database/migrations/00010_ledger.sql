-- +goose Up
CREATE TABLE ledger_entry (
  id         TEXT PRIMARY KEY,
  seq        BIGINT,
  at         BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  action     TEXT NOT NULL,
  actor      TEXT,
  agency     TEXT,
  token      TEXT,
  purpose    TEXT NOT NULL,
  case_id    TEXT,
  object     TEXT NOT NULL,
  policies   TEXT NOT NULL,
  commitment BLOB NOT NULL,
  salt_sum   BLOB NOT NULL,
  salt       BLOB
);
CREATE UNIQUE INDEX ledger_entry_seq ON ledger_entry (seq) WHERE seq IS NOT NULL;
CREATE INDEX ledger_entry_pending ON ledger_entry (id) WHERE seq IS NULL;
CREATE INDEX ledger_entry_at ON ledger_entry (at, id);
CREATE INDEX ledger_entry_case ON ledger_entry (case_id, at, id);
CREATE INDEX ledger_entry_actor ON ledger_entry (actor, at, id);
CREATE INDEX ledger_entry_agency ON ledger_entry (agency, at, id);

-- One row: the size and root of the tree that the positions make.
CREATE TABLE ledger_head (
  one  BIGINT PRIMARY KEY,
  turn BIGINT NOT NULL,
  size BIGINT NOT NULL,
  root BLOB NOT NULL
);
INSERT INTO ledger_head (one, turn, size, root) VALUES (1, 0, 0, '');

-- The tree's hashes, up to 256 in a row (golang.org/x/mod/sumdb/tlog, height 8).
CREATE TABLE ledger_tile (
  level BIGINT NOT NULL,
  n     BIGINT NOT NULL,
  data  BLOB NOT NULL,
  PRIMARY KEY (level, n)
);

-- The newest signed checkpoints, for showing; the file outside is the record.
CREATE TABLE ledger_checkpoint (
  size BIGINT PRIMARY KEY,
  at   BIGINT NOT NULL,
  note TEXT NOT NULL
);
