-- +goose Up
-- Two rounds that may be of one person, and what was answered. Which is the
-- earlier follows from the ids; the versions are those of the identities that
-- were compared, so that a corrected identity is compared again.
CREATE TABLE person_pair (
  id              TEXT PRIMARY KEY,
  rev             BIGINT NOT NULL,
  earlier_case    TEXT NOT NULL,
  later_case      TEXT NOT NULL,
  state           TEXT NOT NULL,
  exact           BOOLEAN NOT NULL,
  likeness        BIGINT NOT NULL,
  earlier_version BIGINT NOT NULL,
  later_version   BIGINT NOT NULL,
  raised_at       BIGINT NOT NULL,
  until           TEXT,
  answered_by     TEXT,
  answered_at     BIGINT NOT NULL,
  UNIQUE (earlier_case, later_case)
);
CREATE INDEX person_pair_later ON person_pair (later_case);
CREATE INDEX person_pair_state ON person_pair (state, id);

-- Every answer ever given to a pair, in order; the reason is sealed.
CREATE TABLE pair_answer (
  id        TEXT PRIMARY KEY,
  pair_id   TEXT NOT NULL,
  at        BIGINT NOT NULL,
  actor_id  TEXT NOT NULL,
  agency_id TEXT NOT NULL,
  state     TEXT NOT NULL,
  until     TEXT,
  reason    BLOB
);
CREATE INDEX pair_answer_pair ON pair_answer (pair_id, id);

-- The rounds of people who have several: those with one group are one person. A
-- person with one round is not in it.
CREATE TABLE linked_round (
  case_id      TEXT PRIMARY KEY,
  person_group TEXT NOT NULL
);
CREATE INDEX linked_round_group ON linked_round (person_group, case_id);

-- Whoever changes groups takes this row first, so that two links at once see each
-- other.
CREATE TABLE linked_turn (
  one  BIGINT PRIMARY KEY,
  turn BIGINT NOT NULL
);
INSERT INTO linked_turn (one, turn) VALUES (1, 0);

-- People who were referred again before this table was there.
INSERT INTO linked_round (case_id, person_group)
WITH RECURSIVE chain (case_id, person_group) AS (
  SELECT first.id, first.id FROM case_file first
  WHERE first.earlier_case_id IS NULL AND EXISTS (SELECT 1 FROM case_file again WHERE again.earlier_case_id = first.id)
  UNION ALL
  SELECT later.id, chain.person_group FROM case_file later JOIN chain ON later.earlier_case_id = chain.case_id
)
SELECT case_id, person_group FROM chain;
