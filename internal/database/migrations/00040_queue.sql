-- +goose Up
-- The queue in its order, with everything that narrows it: the engine finds a
-- page in the index alone and reads only that page's rows.
DROP INDEX case_file_queue;
CREATE INDEX case_file_queue ON case_file (authority_id, due_at, id, live, state, child, assignee_id, review_of, nationality, second_nationality, exploitation);

-- Most cases ever held are decided, and most questions are about the others.
-- Queries repeat this condition word for word, so that both engines know that
-- the index has every row they ask for. SQLite plans without statistics and
-- takes the index of which it can use most columns: hence live in front.
CREATE INDEX case_file_work ON case_file (authority_id, live, due_at, id, state, child, assignee_id, review_of, nationality, second_nationality, exploitation, info_requested_from)
WHERE live = TRUE AND state NOT IN ('rg_negative', 'cg_negative', 'confirmed');

-- One caseworker's own cases, likewise.
DROP INDEX case_file_assignee;
CREATE INDEX case_file_assignee ON case_file (assignee_id, authority_id, live, due_at, id, state, child, review_of, nationality, second_nationality, exploitation);

-- No list is by state alone, and SQLite would rather sort what it finds here
-- than follow the queue.
DROP INDEX case_file_state;
