-- +goose Up
CREATE TABLE vault_wrapping_key (
  id    BIGINT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  UNIQUE (id, state)
);

-- A person's key points at (its wrapping key, 'active'). So the engine itself
-- refuses to retire a wrapping key in use, and to use a retired one, however many
-- processes are at it.
CREATE TABLE vault_person_key (
  person        TEXT PRIMARY KEY,
  wrapped BLOB,
  wrapped_by    BIGINT,
  wrapped_state TEXT CHECK (wrapped_state = 'active'),
  shredded_at   BIGINT,
  FOREIGN KEY (wrapped_by, wrapped_state) REFERENCES vault_wrapping_key (id, state),
  CHECK ((wrapped IS NULL) = (shredded_at IS NOT NULL)),
  CHECK ((wrapped IS NULL) = (wrapped_by IS NULL)),
  CHECK ((wrapped IS NULL) = (wrapped_state IS NULL))
);

CREATE INDEX vault_person_key_wrapped_by ON vault_person_key (wrapped_by);
