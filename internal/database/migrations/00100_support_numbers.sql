-- +goose Up
-- The page of places counts who stays now by the end of their period: a tenth of
-- all stays, which were read off all of them.
CREATE INDEX support_stay_here ON support_stay (file_id) WHERE state = 'here';
