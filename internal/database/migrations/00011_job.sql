-- +goose Up
CREATE TABLE job (
  id           TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  dedup        TEXT,
  state        TEXT NOT NULL,
  run_at       BIGINT NOT NULL,
  payload      BLOB NOT NULL,
  attempts     BIGINT NOT NULL,
  max_attempts BIGINT NOT NULL,
  holder       TEXT,
  lease_until  BIGINT NOT NULL,
  last_error   TEXT NOT NULL,
  case_id      TEXT,
  ended_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_dedup ON job (kind, dedup) WHERE state IN ('waiting', 'running');
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'waiting';
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_ended ON job (state, ended_at, id) WHERE state IN ('done', 'dead');

CREATE TABLE job_schedule (
  kind    TEXT PRIMARY KEY,
  next_at BIGINT NOT NULL
);
