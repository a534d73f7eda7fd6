-- The journal, schema 7. One line per row, by its key; times are our wall clock (ISO, UTC), for people only.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL -- what the journal is for (operation and service; for anything else it is refused), and 'note:…' texts
) STRICT;

CREATE TABLE jobs (
    key TEXT PRIMARY KEY,       -- the row's key
    operation TEXT NOT NULL,    -- such as company-intelligence
    fingerprint TEXT NOT NULL,  -- hash of the question's content
    request TEXT NOT NULL,      -- the question's fields, JSON: what you know about a person stands here
    state TEXT NOT NULL CHECK (
        state IN ('intended', 'released', 'accepted', 'unknown', 'lost', 'completed', 'no_answer', 'unmatched', 'unreadable',
                  'failed', 'cancelled')
    ),
    job_id TEXT,                -- the service's id, once accepted
    answer BLOB,                -- the body of the last poll as it came, or the row's part of it: what was found stands here
    answer_type TEXT,           -- its content type
    error TEXT,                 -- why there is no answer
    cost_cents REAL,            -- what the service said it charged, US cents
    variant TEXT NOT NULL DEFAULT '',           -- what its price depends on, such as company-intelligence/low
    reserved_cents REAL NOT NULL DEFAULT 0,     -- what was set aside for it before it was sent
    resubmissions INTEGER NOT NULL DEFAULT 0,   -- deliberate resubmissions, after it had failed, been lost or become too old
    sent_at TEXT,                               -- when it was last about to be sent
    delivered INTEGER NOT NULL DEFAULT 0,       -- 1 once the consumer has acknowledged its outcome
    batch TEXT,                                 -- the batch it was submitted in, if it was
    place INTEGER,                              -- its place in the batch, from 0
    receipt BLOB,                               -- the body of the answer to its submit, where no job id could be read from it
    receipt_type TEXT,                          -- its content type
    matched_by TEXT,                            -- what showed which part of a shared answer is its own: echo, index, position
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,         -- how often this line was written: whoever writes it names the time before
    owner INTEGER,                              -- the runner that has it under way; it counts while that is in `runners`
    spent REAL GENERATED ALWAYS AS (round(1e6 * min(1e12, CASE  -- what counts against a cap, millionths of a US cent
        WHEN state IN ('completed', 'no_answer', 'unmatched', 'unreadable', 'failed', 'cancelled')
            THEN coalesce(cost_cents, 0) + reserved_cents
        WHEN state IN ('intended', 'accepted', 'unknown', 'lost') THEN reserved_cents
        ELSE 0 END))) VIRTUAL
) STRICT;

CREATE INDEX jobs_under_way ON jobs (operation, owner) WHERE state IN ('intended', 'accepted');

CREATE INDEX jobs_by_sending ON jobs (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE runners (          -- who has the journal open
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again
    boot TEXT NOT NULL,         -- the id of the machine's boot that its clock counts from
    lease_until REAL NOT NULL   -- seconds since that boot; when they are over, others take what it held
) STRICT;

CREATE INDEX jobs_by_job ON jobs (job_id) WHERE job_id IS NOT NULL;

CREATE INDEX jobs_by_state_and_age ON jobs (state, created_at, key);

CREATE INDEX jobs_by_batch ON jobs (batch, place) WHERE batch IS NOT NULL;

CREATE TABLE answers (
    batch TEXT PRIMARY KEY,     -- a batch, or 'delivery of …': a webhook delivery that has ended no row so far
    body BLOB NOT NULL,         -- its answer as it came, until each row has its own part of it
    body_type TEXT NOT NULL     -- its content type
) STRICT;

CREATE TABLE tallies (
    variant TEXT NOT NULL,
    name TEXT NOT NULL,         -- duplicate, reused: rows answered without a submit; forgotten: rows erased by you;
                                -- resubmitted: unknown submits abandoned and sent again; replaced: ends of such rows
    sent_at TEXT NOT NULL DEFAULT '',   -- when they were sent, where money depends on it
    rows INTEGER NOT NULL,
    cents REAL NOT NULL,        -- what they would have cost, had cost, or may have cost
    spent REAL GENERATED ALWAYS AS (round(1e6 * min(1e12, CASE  -- what counts against a cap, millionths of a US cent
        WHEN name IN ('forgotten', 'replaced', 'resubmitted') THEN cents ELSE 0 END))) VIRTUAL,
    PRIMARY KEY (variant, name, sent_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE sums (             -- kept by triggers, so that a cap costs one look; made anew when they are missing
    since TEXT PRIMARY KEY,     -- an instant, a day, a month, or '' for the beginning
    spent REAL NOT NULL,        -- `spent` of all jobs and tallies that were sent then or later
    runner INTEGER NOT NULL     -- who asked for it
) STRICT, WITHOUT ROWID;

CREATE TABLE wholeness (        -- one row: what the journal says of itself, so that a lost log or an older copy is noticed
    id TEXT NOT NULL,           -- its own name, a random one
    epoch INTEGER NOT NULL,     -- how often it was opened for writing
    in_use INTEGER NOT NULL,    -- 1 from then until it is closed: its log and its mark belong to it
    place TEXT NOT NULL,        -- where it was opened last
    log INTEGER NOT NULL,       -- number of the log that the last commit went to
    commits INTEGER NOT NULL,   -- how many there were
    intents INTEGER NOT NULL,   -- how many rows were about to be sent, ever
    changed_at TEXT NOT NULL,   -- when the last commit was
    doubt TEXT                  -- why nothing may be submitted until somebody has decided
) STRICT;

INSERT INTO wholeness VALUES (lower(hex(randomblob(16))), 0, 0, '', 0, 0, 0, '', NULL);

CREATE TABLE adoptions (        -- when somebody decided to go on although a part may be missing
    adopted_at TEXT NOT NULL,
    reason TEXT NOT NULL,       -- what was found
    since TEXT,                 -- rows that are not in the journal may have been sent and paid after this …
    until TEXT NOT NULL,        -- … and before this
    rows_missing INTEGER,       -- how many rows were sent meanwhile, where something outside the journal had counted them
    rows_parked INTEGER NOT NULL -- rows made unknown: free to be submitted by what was left of the journal
) STRICT;
