-- The journal, schema 1. One line a row, by its key; created_at and changed_at are our wall clock (ISO, UTC).
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL -- what the journal is for: the same question about the same input, or it is refused
) STRICT;

CREATE TABLE jobs (
    key TEXT PRIMARY KEY,       -- the row's key
    operation TEXT NOT NULL,    -- such as company-intelligence
    fingerprint TEXT NOT NULL,  -- the question's content
    request TEXT NOT NULL,      -- the question's fields, JSON
    state TEXT NOT NULL CHECK (
        state IN ('intended', 'released', 'accepted', 'unknown', 'completed', 'failed', 'cancelled')
    ),
    job_id TEXT,                -- the service's id, once accepted
    answer TEXT,                -- the raw body of the last look, once ended
    error TEXT,                 -- why there is no answer
    cost_cents REAL,            -- what the service said it charged, US cents
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_state ON jobs (state);
