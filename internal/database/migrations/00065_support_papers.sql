-- +goose Up
-- Papers and ways on. Days and codes are in clear, because the clock goes by them;
-- references, reasons and all words are sealed. No date of birth stands here.
CREATE TABLE support_permit (
  id          TEXT PRIMARY KEY,
  rev         BIGINT NOT NULL,
  case_id     TEXT NOT NULL,
  person_id   TEXT NOT NULL,
  kind        TEXT NOT NULL,
  ground      TEXT NOT NULL,
  state       TEXT NOT NULL,
  previous_id TEXT,
  evidence    TEXT NOT NULL,
  asylum      TEXT NOT NULL,
  applied_on  TEXT NOT NULL,
  from_on     TEXT,
  until_on    TEXT,
  exception   BOOLEAN NOT NULL,
  changed_at  BIGINT NOT NULL,
  changed_by  TEXT,
  sealed      BLOB NOT NULL
);
CREATE INDEX support_permit_case ON support_permit (case_id, id);
CREATE UNIQUE INDEX support_permit_open ON support_permit (case_id, kind) WHERE state IN ('applied', 'paused');
CREATE UNIQUE INDEX support_permit_granted ON support_permit (case_id, kind) WHERE state = 'granted';

CREATE TABLE support_return (
  id            TEXT PRIMARY KEY,
  rev           BIGINT NOT NULL,
  case_id       TEXT NOT NULL,
  person_id     TEXT NOT NULL,
  state         TEXT NOT NULL,
  adviser_id    TEXT NOT NULL,
  interview_on  TEXT NOT NULL,
  language      TEXT NOT NULL,
  interpreter   BOOLEAN NOT NULL,
  risk          TEXT NOT NULL,
  best_interests_on TEXT,
  travel_on     TEXT,
  followed      BIGINT NOT NULL,
  held_at       BIGINT NOT NULL,
  held_by       TEXT,
  changed_at    BIGINT NOT NULL,
  changed_by    TEXT NOT NULL,
  sealed        BLOB NOT NULL
);
CREATE INDEX support_return_case ON support_return (case_id, id);
CREATE UNIQUE INDEX support_return_open ON support_return (case_id) WHERE state IN ('requested', 'assessed', 'prepared', 'travelled', 'followed_up');

CREATE TABLE support_redress (
  case_id    TEXT NOT NULL,
  version    BIGINT NOT NULL,
  person_id  TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  written_at BIGINT NOT NULL,
  written_by TEXT NOT NULL,
  PRIMARY KEY (case_id, version)
);
