-- +goose Up
-- Service agreements name agencies and no person. A subcontractor acts under its
-- parent's.
CREATE TABLE support_agreement (
  id         TEXT PRIMARY KEY,
  rev        BIGINT NOT NULL,
  agency_id  TEXT NOT NULL,
  parent_id  TEXT,
  from_day   TEXT NOT NULL,
  until_day  TEXT,
  standards  TEXT NOT NULL,
  services   TEXT NOT NULL,
  regions    TEXT NOT NULL,
  languages  TEXT NOT NULL,
  takes      TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX support_agreement_agency ON support_agreement (agency_id, from_day);

-- Where a place is, and what it is called, is sealed with a key of its own
-- (key_id). Its region is coarse.
CREATE TABLE support_place (
  id         TEXT PRIMARY KEY,
  rev        BIGINT NOT NULL,
  agency_id  TEXT NOT NULL,
  key_id     TEXT NOT NULL,
  region     TEXT NOT NULL,
  attributes TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX support_place_agency ON support_place (agency_id, id);

CREATE TABLE support_bed (
  id        TEXT PRIMARY KEY,
  rev       BIGINT NOT NULL,
  place_id  TEXT NOT NULL,
  agency_id TEXT NOT NULL,
  number    BIGINT NOT NULL,
  sleeps    BIGINT NOT NULL,
  state     TEXT NOT NULL,
  since     BIGINT NOT NULL,
  UNIQUE (place_id, number)
);
-- Free beds are looked for whenever somebody needs one, and are few.
CREATE INDEX support_bed_free ON support_bed (agency_id, place_id, sleeps) WHERE state = 'free';
CREATE INDEX support_bed_state ON support_bed (state, place_id);

CREATE TABLE support_request (
  id             TEXT PRIMARY KEY,
  rev            BIGINT NOT NULL,
  case_id        TEXT NOT NULL,
  person_id      TEXT NOT NULL,
  authority_id   TEXT NOT NULL,
  kind           TEXT NOT NULL,
  state          TEXT NOT NULL,
  who            TEXT NOT NULL,
  accessible     BOOLEAN NOT NULL,
  region         TEXT NOT NULL,
  avoid_region   TEXT NOT NULL,
  languages      TEXT NOT NULL,
  dependants     BIGINT NOT NULL,
  opened_at      BIGINT NOT NULL,
  due_at         BIGINT NOT NULL,
  escalated_at   BIGINT NOT NULL,
  closed_at      BIGINT NOT NULL,
  closed_reason  TEXT NOT NULL,
  accepted_by    TEXT
);
CREATE UNIQUE INDEX support_request_open ON support_request (case_id) WHERE state = 'open';
CREATE INDEX support_request_case ON support_request (case_id, id);
CREATE INDEX support_request_waiting ON support_request (state, opened_at, id);

CREATE TABLE support_offer (
  id             TEXT PRIMARY KEY,
  rev            BIGINT NOT NULL,
  request_id     TEXT NOT NULL,
  case_id        TEXT NOT NULL,
  agency_id      TEXT NOT NULL,
  state          TEXT NOT NULL,
  place_in_order BIGINT NOT NULL,
  reasons        TEXT NOT NULL,
  offered_at     BIGINT NOT NULL,
  answer_by      BIGINT NOT NULL,
  answered_at    BIGINT NOT NULL,
  answered_by    TEXT,
  decline_reason TEXT NOT NULL
);
CREATE UNIQUE INDEX support_offer_waiting ON support_offer (request_id, agency_id) WHERE state = 'waiting';
CREATE INDEX support_offer_request ON support_offer (request_id, id);
CREATE INDEX support_offer_agency ON support_offer (agency_id, state, answer_by, id);

-- The support that one provider gives one person. What is written down in it is
-- sealed with the person's key.
CREATE TABLE support_file (
  id           TEXT PRIMARY KEY,
  rev          BIGINT NOT NULL,
  case_id      TEXT NOT NULL,
  request_id   TEXT NOT NULL,
  person_id    TEXT NOT NULL,
  agency_id    TEXT NOT NULL,
  authority_id TEXT NOT NULL,
  kind         TEXT NOT NULL,
  phase        TEXT NOT NULL,
  state        TEXT NOT NULL,
  notes_shared BOOLEAN NOT NULL,
  started_at   BIGINT NOT NULL,
  notice_at    BIGINT NOT NULL,
  ends_on      TEXT,
  end_reason   TEXT NOT NULL,
  ended_at     BIGINT NOT NULL,
  next_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX support_file_running ON support_file (case_id) WHERE state <> 'ended';
CREATE INDEX support_file_case ON support_file (case_id, id);
CREATE INDEX support_file_agency ON support_file (agency_id, state, next_at, id);

-- One row a stay of one person in one bed. The engine itself refuses two that
-- are live, of a bed or of a person.
CREATE TABLE support_stay (
  id          TEXT PRIMARY KEY,
  rev         BIGINT NOT NULL,
  file_id     TEXT NOT NULL,
  person_id   TEXT NOT NULL,
  bed_id      TEXT NOT NULL,
  place_id    TEXT NOT NULL,
  agency_id   TEXT NOT NULL,
  state       TEXT NOT NULL,
  reserved_at BIGINT NOT NULL,
  arrived_on  TEXT,
  left_on     TEXT
);
CREATE UNIQUE INDEX support_stay_bed_live ON support_stay (bed_id) WHERE state IN ('reserved', 'here');
CREATE UNIQUE INDEX support_stay_person_live ON support_stay (person_id) WHERE state IN ('reserved', 'here');
CREATE INDEX support_stay_bed ON support_stay (bed_id, left_on);
CREATE INDEX support_stay_person ON support_stay (person_id, left_on);
CREATE INDEX support_stay_file ON support_stay (file_id, id);

CREATE TABLE support_section (
  file_id    TEXT NOT NULL,
  name       TEXT NOT NULL,
  version    BIGINT NOT NULL,
  sealed     BLOB NOT NULL,
  written_at BIGINT NOT NULL,
  written_by TEXT NOT NULL,
  PRIMARY KEY (file_id, name, version)
);

CREATE TABLE support_goal (
  id         TEXT PRIMARY KEY,
  rev        BIGINT NOT NULL,
  file_id    TEXT NOT NULL,
  area       TEXT NOT NULL,
  state      TEXT NOT NULL,
  review_on  TEXT NOT NULL,
  sealed     BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by TEXT NOT NULL
);
CREATE INDEX support_goal_file ON support_goal (file_id, id);

CREATE TABLE support_contact (
  id          TEXT PRIMARY KEY,
  rev         BIGINT NOT NULL,
  file_id     TEXT NOT NULL,
  planned_at  BIGINT NOT NULL,
  channel     TEXT NOT NULL,
  state       TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT,
  sealed      BLOB NOT NULL
);
CREATE INDEX support_contact_file ON support_contact (file_id, planned_at, id);

-- Amounts are in the smallest unit of the currency.
CREATE TABLE support_payment (
  id          TEXT PRIMARY KEY,
  file_id     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  amount      BIGINT NOT NULL,
  currency    TEXT NOT NULL,
  paid_on     TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  sealed      BLOB NOT NULL
);
CREATE INDEX support_payment_file ON support_payment (file_id, paid_on, id);

CREATE TABLE support_activity (
  id          TEXT PRIMARY KEY,
  file_id     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  on_day      TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  sealed      BLOB NOT NULL
);
CREATE INDEX support_activity_file ON support_activity (file_id, on_day, id);
