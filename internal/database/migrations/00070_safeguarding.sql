-- +goose Up
-- A child's own track. Nothing here names anybody: words are sealed with the
-- child's key, and what is compared across children is a blind index.
CREATE TABLE child_track (
  case_id           TEXT PRIMARY KEY,
  rev               BIGINT NOT NULL,
  opened_at         BIGINT NOT NULL,
  host_authority_id TEXT,
  police_agency_id  TEXT,
  next_due_at       BIGINT NOT NULL,
  ended_at          BIGINT NOT NULL,
  ended             TEXT NOT NULL,
  updated_at        BIGINT NOT NULL
);
CREATE INDEX child_track_due ON child_track (ended_at, next_due_at, case_id);

CREATE TABLE child_step (
  case_id    TEXT NOT NULL,
  step       TEXT NOT NULL,
  status     TEXT NOT NULL,
  rev        BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (case_id, step)
);

CREATE TABLE child_record (
  id        TEXT PRIMARY KEY,
  case_id   TEXT NOT NULL,
  step      TEXT NOT NULL,
  act       TEXT NOT NULL,
  on_day    TEXT,
  next_day  TEXT,
  code      TEXT NOT NULL,
  other_id  TEXT,
  at        BIGINT NOT NULL,
  actor_id  TEXT NOT NULL,
  agency_id TEXT NOT NULL,
  sealed    BLOB NOT NULL
);
CREATE INDEX child_record_case ON child_record (case_id, id);

CREATE TABLE missing_episode (
  id               TEXT PRIMARY KEY,
  rev              BIGINT NOT NULL,
  case_id          TEXT NOT NULL,
  number           BIGINT NOT NULL,
  state            TEXT NOT NULL,
  risk             TEXT NOT NULL,
  last_seen_at     BIGINT NOT NULL,
  raised_at        BIGINT NOT NULL,
  raised_by        TEXT NOT NULL,
  raised_agency_id TEXT NOT NULL,
  alerted_id       TEXT NOT NULL,
  found_at         BIGINT NOT NULL,
  found_code       TEXT NOT NULL,
  interview_due_at BIGINT NOT NULL,
  interviewed_at   BIGINT NOT NULL,
  closed_at        BIGINT NOT NULL,
  ending           TEXT NOT NULL,
  alert            BLOB NOT NULL,
  background       BLOB NOT NULL
);
CREATE INDEX missing_episode_case ON missing_episode (case_id, id);
-- A child is missing once at a time, whoever reports it at the same moment.
CREATE UNIQUE INDEX missing_episode_open ON missing_episode (case_id) WHERE closed_at = 0;

CREATE TABLE missing_note (
  id          TEXT PRIMARY KEY,
  episode_id  TEXT NOT NULL,
  case_id     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  actor_id    TEXT NOT NULL,
  agency_id   TEXT NOT NULL,
  code        TEXT NOT NULL,
  sealed      BLOB NOT NULL
);
CREATE INDEX missing_note_episode ON missing_note (episode_id, id);

CREATE TABLE child_carer (
  id         TEXT PRIMARY KEY,
  rev        BIGINT NOT NULL,
  case_id    TEXT NOT NULL,
  relation   TEXT NOT NULL,
  state      TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  actor_id   TEXT NOT NULL,
  agency_id  TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  checked_by TEXT,
  sealed     BLOB NOT NULL,
  finding    BLOB
);
CREATE INDEX child_carer_case ON child_carer (case_id, id);

CREATE TABLE child_advocacy (
  id         TEXT PRIMARY KEY,
  rev        BIGINT NOT NULL,
  case_id    TEXT NOT NULL,
  role       TEXT NOT NULL,
  state      TEXT NOT NULL,
  due_day    TEXT,
  created_at BIGINT NOT NULL,
  actor_id   TEXT NOT NULL,
  agency_id  TEXT NOT NULL,
  ended_at   BIGINT NOT NULL,
  ended_by   TEXT,
  sealed     BLOB NOT NULL,
  outcome    BLOB
);
CREATE INDEX child_advocacy_case ON child_advocacy (case_id, id);

-- Blind indexes of what may turn up with another child.
CREATE TABLE child_trace (
  digest    BLOB NOT NULL,
  source_id TEXT NOT NULL,
  case_id   TEXT NOT NULL,
  source    TEXT NOT NULL,
  kind      TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (digest, source_id)
);
CREATE INDEX child_trace_case ON child_trace (case_id);

-- The inbox. told is what makes a notice unique: a job that runs again tells nobody
-- twice.
CREATE TABLE child_notice (
  id              TEXT PRIMARY KEY,
  rev             BIGINT NOT NULL,
  told            TEXT NOT NULL UNIQUE,
  agency_id       TEXT NOT NULL,
  case_id         TEXT NOT NULL,
  subject_id      TEXT,
  kind            TEXT NOT NULL,
  detail          TEXT NOT NULL,
  urgent          BOOLEAN NOT NULL,
  created_at      BIGINT NOT NULL,
  due_at          BIGINT NOT NULL,
  level           BIGINT NOT NULL,
  acknowledged_at BIGINT NOT NULL,
  acknowledged_by TEXT
);
CREATE INDEX child_notice_inbox ON child_notice (agency_id, acknowledged_at, id);
CREATE INDEX child_notice_case ON child_notice (case_id, id);
