-- +goose Up
-- Whether the person agreed to share with an investigation stands on the case,
-- because lists are filtered by it. The consents themselves stay in consent.
ALTER TABLE case_file ADD COLUMN consent_police BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE case_file SET consent_police = TRUE
WHERE id IN (SELECT case_id FROM consent WHERE purpose = 'share_with_police' AND withdrawn_at = 0);
