-- +goose Up
-- An administrator's word that a translator has looked at these very words.
CREATE TABLE language_approval (
  part        TEXT NOT NULL,
  tag         TEXT NOT NULL,
  digest      TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  approved_at BIGINT NOT NULL,
  PRIMARY KEY (part, tag)
);
