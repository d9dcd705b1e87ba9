-- +goose Up
-- One row a referral round. Nothing in it names a person: identities, places and
-- words are sealed in case_section.
CREATE TABLE case_file (
  id                    TEXT PRIMARY KEY,
  rev                   BIGINT NOT NULL,
  reference             TEXT NOT NULL UNIQUE,
  kind                  TEXT NOT NULL,
  state                 TEXT NOT NULL,
  prior_state           TEXT NOT NULL,
  live                  BOOLEAN NOT NULL,
  scheme                TEXT NOT NULL,
  jurisdiction          TEXT NOT NULL,
  person_id             TEXT NOT NULL,
  round                 BIGINT NOT NULL,
  earlier_case_id       TEXT,
  referring_agency_id   TEXT NOT NULL,
  author_id             TEXT NOT NULL,
  authority_id          TEXT NOT NULL,
  local_authority_id    TEXT,
  support_agency_id     TEXT,
  assignee_id           TEXT,
  age_group             TEXT NOT NULL,
  child                 BOOLEAN NOT NULL,
  age_basis             TEXT NOT NULL,
  age_disputed          BOOLEAN NOT NULL,
  age_contradiction     BOOLEAN NOT NULL,
  age_at_exploitation   TEXT NOT NULL,
  gender                TEXT NOT NULL,
  nationality           TEXT NOT NULL,
  second_nationality    TEXT NOT NULL,
  exploitation          TEXT NOT NULL,
  exploited_where       TEXT NOT NULL,
  facts                 TEXT NOT NULL,
  consent_sharing       BOOLEAN NOT NULL,
  info_requested_from   TEXT,
  review_of             TEXT NOT NULL,
  proposer_id           TEXT,
  decider_id            TEXT,
  reviewer_id           TEXT,
  submitted_at          BIGINT NOT NULL,
  notified_at           BIGINT NOT NULL,
  clock_day             TEXT NOT NULL,
  due_at                BIGINT NOT NULL,
  due_for               TEXT NOT NULL,
  rg_due_at             BIGINT NOT NULL,
  rg_decided_at         BIGINT NOT NULL,
  recovery_from         TEXT,
  recovery_until        TEXT,
  recovery_ended_at     BIGINT NOT NULL,
  cg_decided_at         BIGINT NOT NULL,
  reconsider_until      TEXT,
  suspended_at          BIGINT NOT NULL,
  closed_at             BIGINT NOT NULL,
  end_reason            TEXT NOT NULL,
  updated_at            BIGINT NOT NULL
);
CREATE INDEX case_file_queue ON case_file (authority_id, live, due_at, id);
CREATE INDEX case_file_assignee ON case_file (assignee_id, live, due_at, id);
CREATE INDEX case_file_referring ON case_file (referring_agency_id, id);
CREATE INDEX case_file_local_authority ON case_file (local_authority_id, live, due_at, id);
CREATE INDEX case_file_support ON case_file (support_agency_id, live, due_at, id);
CREATE INDEX case_file_person ON case_file (person_id);
CREATE INDEX case_file_earlier ON case_file (earlier_case_id);
CREATE INDEX case_file_state ON case_file (state, id);

-- Every version of every sealed section; the newest version is the one in force.
CREATE TABLE case_section (
  case_id    TEXT NOT NULL,
  name       TEXT NOT NULL,
  version    BIGINT NOT NULL,
  sealed     BLOB NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (case_id, name, version)
);

CREATE TABLE case_event (
  id        TEXT PRIMARY KEY,
  case_id   TEXT NOT NULL,
  at        BIGINT NOT NULL,
  actor_id  TEXT NOT NULL,
  agency_id TEXT NOT NULL,
  kind      TEXT NOT NULL,
  state     TEXT NOT NULL,
  detail    TEXT NOT NULL,
  shared    BOOLEAN NOT NULL
);
CREATE INDEX case_event_case ON case_event (case_id, id);

CREATE TABLE draft (
  id              TEXT PRIMARY KEY,
  rev             BIGINT NOT NULL,
  person_id       TEXT NOT NULL,
  author_id       TEXT NOT NULL,
  agency_id       TEXT NOT NULL,
  shared          BOOLEAN NOT NULL,
  earlier_case_id TEXT,
  upgrades_case_id TEXT,
  sealed          BLOB NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  warned_at       BIGINT NOT NULL
);
CREATE INDEX draft_author ON draft (author_id, id);
CREATE INDEX draft_agency ON draft (agency_id, id);
CREATE INDEX draft_expires ON draft (expires_at);

CREATE TABLE consent (
  id             TEXT PRIMARY KEY,
  case_id        TEXT NOT NULL,
  purpose        TEXT NOT NULL,
  recipient      TEXT NOT NULL,
  notice_version TEXT NOT NULL,
  language       TEXT NOT NULL,
  interpreter    BOOLEAN NOT NULL,
  given_at       BIGINT NOT NULL,
  recorded_by    TEXT NOT NULL,
  agency_id      TEXT NOT NULL,
  withdrawn_at   BIGINT NOT NULL,
  withdrawn_by   TEXT
);
CREATE INDEX consent_case ON consent (case_id, id);

CREATE TABLE decision (
  id           TEXT PRIMARY KEY,
  rev          BIGINT NOT NULL,
  case_id      TEXT NOT NULL,
  kind         TEXT NOT NULL,
  outcome      TEXT NOT NULL,
  status       TEXT NOT NULL,
  act          TEXT NOT NULL,
  means        TEXT NOT NULL,
  purpose      TEXT NOT NULL,
  indicators   TEXT NOT NULL,
  evidence     TEXT NOT NULL,
  ground       TEXT NOT NULL,
  late         BOOLEAN NOT NULL,
  sealed       BLOB NOT NULL,
  proposer_id  TEXT NOT NULL,
  proposed_at  BIGINT NOT NULL,
  reviewer_id  TEXT,
  reviewed_at  BIGINT NOT NULL,
  served_at    BIGINT NOT NULL
);
CREATE INDEX decision_case ON decision (case_id, id);

CREATE TABLE info_request (
  id          TEXT PRIMARY KEY,
  rev         BIGINT NOT NULL,
  case_id     TEXT NOT NULL,
  agency_id   TEXT NOT NULL,
  asked_by    TEXT NOT NULL,
  asked_at    BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  question    BLOB NOT NULL,
  answer      BLOB,
  answered_by TEXT,
  answered_at BIGINT NOT NULL
);
CREATE INDEX info_request_case ON info_request (case_id, id);
CREATE INDEX info_request_agency ON info_request (agency_id, answered_at, id);

CREATE TABLE task (
  id          TEXT PRIMARY KEY,
  rev         BIGINT NOT NULL,
  case_id     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  agency_id   TEXT NOT NULL,
  assignee_id TEXT,
  due_at      BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  done_at     BIGINT NOT NULL,
  done_by     TEXT,
  detail      TEXT NOT NULL
);
CREATE INDEX task_agency ON task (agency_id, done_at, due_at, id);
CREATE INDEX task_case ON task (case_id, id);

CREATE TABLE note (
  id        TEXT PRIMARY KEY,
  case_id   TEXT NOT NULL,
  author_id TEXT NOT NULL,
  agency_id TEXT NOT NULL,
  at        BIGINT NOT NULL,
  shared    BOOLEAN NOT NULL,
  sealed    BLOB NOT NULL
);
CREATE INDEX note_case ON note (case_id, id);

-- owner_id is the draft's id until the referral is submitted, then the case's.
CREATE TABLE document (
  id         TEXT PRIMARY KEY,
  owner_id   TEXT NOT NULL,
  person_id  TEXT NOT NULL,
  author_id  TEXT NOT NULL,
  agency_id  TEXT NOT NULL,
  at         BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  size       BIGINT NOT NULL,
  scan       TEXT NOT NULL,
  title      BLOB NOT NULL,
  content    BLOB NOT NULL
);
CREATE INDEX document_owner ON document (owner_id, id);

CREATE TABLE blind_index (
  digest  BLOB NOT NULL,
  case_id TEXT NOT NULL,
  kind    TEXT NOT NULL,
  PRIMARY KEY (digest, case_id)
);
CREATE INDEX blind_index_case ON blind_index (case_id);

CREATE TABLE saved_view (
  id      TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  name    TEXT NOT NULL,
  query   TEXT NOT NULL,
  UNIQUE (user_id, name)
);

CREATE TABLE idempotency (
  agency_id  TEXT NOT NULL,
  idem_key   TEXT NOT NULL,
  digest     BLOB NOT NULL,
  case_id    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (agency_id, idem_key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
