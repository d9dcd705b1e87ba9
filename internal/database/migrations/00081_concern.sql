-- +goose Up
-- What the public writes, and the calls of an advice line: codes only. Words are
-- in the sealed rows below. Nothing here points to a person, a case or a place.
CREATE TABLE concern (
  id             TEXT PRIMARY KEY,
  rev            BIGINT NOT NULL,
  kind           TEXT NOT NULL,
  state          TEXT NOT NULL,
  desk_id        TEXT NOT NULL,
  passed_to_id   TEXT,
  person_id      TEXT NOT NULL,
  author_id      TEXT,
  lang           TEXT NOT NULL,
  channel        TEXT NOT NULL,
  caller         TEXT NOT NULL,
  outcome        TEXT NOT NULL,
  child          BOOLEAN NOT NULL,
  danger         BOOLEAN NOT NULL,
  unread         BOOLEAN NOT NULL,
  grading_scheme TEXT NOT NULL,
  grading_code   TEXT NOT NULL,
  grading_text   TEXT NOT NULL,
  month          TEXT NOT NULL,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  closed_at      BIGINT NOT NULL
);
CREATE INDEX concern_desk ON concern (desk_id, kind, state, id);
CREATE INDEX concern_passed ON concern (passed_to_id, kind, id);

-- The receipt itself is stored nowhere: the locator is a slow hash of it.
CREATE TABLE concern_report (
  concern_id   TEXT PRIMARY KEY,
  locator      BLOB NOT NULL,
  receipt_slot BLOB NOT NULL,
  desk_slot    BLOB NOT NULL,
  confirmed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX concern_report_locator ON concern_report (locator);

CREATE TABLE concern_message (
  concern_id TEXT NOT NULL,
  n          BIGINT NOT NULL,
  from_desk  BOOLEAN NOT NULL,
  author_id  TEXT,
  sealed     BLOB NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (concern_id, n)
);

CREATE TABLE concern_photo (
  concern_id TEXT PRIMARY KEY,
  media_type TEXT NOT NULL,
  size       BIGINT NOT NULL,
  sealed     BLOB NOT NULL
);

CREATE TABLE concern_record (
  concern_id TEXT NOT NULL,
  version    BIGINT NOT NULL,
  author_id  TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (concern_id, version)
);

CREATE TABLE concern_event (
  id         TEXT PRIMARY KEY,
  concern_id TEXT NOT NULL,
  at         BIGINT NOT NULL,
  actor_id   TEXT NOT NULL,
  kind       TEXT NOT NULL,
  detail     TEXT NOT NULL
);
CREATE INDEX concern_event_of ON concern_event (concern_id, id);

CREATE TABLE concern_follow_up (
  id          TEXT PRIMARY KEY,
  rev         BIGINT NOT NULL,
  concern_id  TEXT NOT NULL,
  desk_id     TEXT NOT NULL,
  sealed      BLOB NOT NULL,
  due_at      BIGINT NOT NULL,
  reminded_at BIGINT NOT NULL,
  done_at     BIGINT NOT NULL,
  done_by     TEXT,
  author_id   TEXT NOT NULL,
  created_at  BIGINT NOT NULL
);
CREATE INDEX concern_follow_up_of ON concern_follow_up (concern_id, id);
CREATE INDEX concern_follow_up_open ON concern_follow_up (desk_id, done_at, id);

-- Every version of every article: calls name the one that was read out.
CREATE TABLE advice_article (
  id        TEXT NOT NULL,
  version   BIGINT NOT NULL,
  newest    BOOLEAN NOT NULL,
  lang      TEXT NOT NULL,
  title     TEXT NOT NULL,
  body      TEXT NOT NULL,
  words     TEXT NOT NULL,
  folded    TEXT NOT NULL,
  active    BOOLEAN NOT NULL,
  author_id TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (id, version)
);
CREATE INDEX advice_article_newest ON advice_article (newest, active, id);
