-- The journal, schema 3. One line per row, by its key; times are our wall clock (ISO, UTC), for people only.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL -- what the journal is for (the same question about the same input, or it is refused), and 'note:…' texts
) STRICT;

CREATE TABLE jobs (
    key TEXT PRIMARY KEY,       -- the row's key
    operation TEXT NOT NULL,    -- such as company-intelligence
    fingerprint TEXT NOT NULL,  -- hash of the question's content
    request TEXT NOT NULL,      -- the question's fields, JSON: what you know about a person stands here
    state TEXT NOT NULL CHECK (
        state IN ('intended', 'released', 'accepted', 'unknown', 'completed', 'failed', 'cancelled')
    ),
    job_id TEXT,                -- the service's id, once accepted
    answer TEXT,                -- the raw body of the last poll, once ended: what was found stands here
    error TEXT,                 -- why there is no answer
    cost_cents REAL,            -- what the service said it charged, US cents
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    variant TEXT NOT NULL DEFAULT '',           -- what its price depends on, such as company-intelligence/low
    reserved_cents REAL NOT NULL DEFAULT 0,     -- what was set aside for it before it was sent
    resubmissions INTEGER NOT NULL DEFAULT 0,   -- deliberate resubmissions, after it had failed, been lost or become too old
    sent_at TEXT,                               -- when it was last about to be sent
    delivered INTEGER NOT NULL DEFAULT 0,       -- 1 once the consumer has acknowledged its outcome
    batch TEXT,                                 -- the batch it was submitted in, if it was
    place INTEGER                               -- its place in the batch, from 0
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_age ON jobs (created_at, key);

CREATE INDEX jobs_by_batch ON jobs (batch, place) WHERE batch IS NOT NULL;

CREATE TABLE answers (
    batch TEXT PRIMARY KEY,     -- a batch
    body TEXT NOT NULL          -- its raw answer, until each row has its own part of it
) STRICT, WITHOUT ROWID;

CREATE TABLE tallies (
    variant TEXT NOT NULL,
    name TEXT NOT NULL,         -- duplicate, reused: rows answered without a submit; forgotten: rows erased by you;
    rows INTEGER NOT NULL,      -- resubmitted: unknown submits abandoned and sent again
    cents REAL NOT NULL,        -- what they would have cost, had cost, or may have cost
    PRIMARY KEY (variant, name)
) STRICT, WITHOUT ROWID;
