-- +goose Up
CREATE TABLE agency (
  id              TEXT PRIMARY KEY,
  rev             BIGINT NOT NULL,
  kind            TEXT NOT NULL,
  name            TEXT NOT NULL,
  code            TEXT NOT NULL UNIQUE,
  jurisdiction    TEXT NOT NULL,
  first_responder BOOLEAN NOT NULL,
  active          BOOLEAN NOT NULL,
  created_at      BIGINT NOT NULL
);
