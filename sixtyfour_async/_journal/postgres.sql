-- The journal in PostgreSQL, schema 1. Times are ISO text, UTC, by the wall clock of whoever wrote them, for people only;
-- leases alone are timestamps, by the clock of this server. Every table lies in the first schema of the search path.
--
-- Every change goes through `sixtyfour_commit`, `sixtyfour_beat` or one of their like: one statement, which begins by
-- locking the one row of `sixtyfour_journal`. So changes follow each other, none sees half of another one, and no client
-- that is frozen between two statements holds a lock.

CREATE TABLE sixtyfour_migrations (
    version integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sixtyfour_journal (            -- one row: what the journal says of itself
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id text NOT NULL,                       -- its own name, a random one
    commits bigint NOT NULL DEFAULT 0,      -- how many there were
    intents bigint NOT NULL DEFAULT 0,      -- how many rows were about to be sent, ever
    rows bigint NOT NULL DEFAULT 0,         -- the last number that a row was given
    runners bigint NOT NULL DEFAULT 0,      -- the last number that a runner was given
    place text NOT NULL DEFAULT '',         -- server, timeline and database of the last runner
    changed_at text NOT NULL DEFAULT '',    -- when the last commit was
    doubt text                              -- why nothing may be submitted until somebody has decided
) WITH (fillfactor = 10);

CREATE TABLE sixtyfour_meta (
    name text PRIMARY KEY,
    value text NOT NULL     -- what the journal is for (operation and service), and 'note:…' texts
);

CREATE TABLE sixtyfour_jobs (
    number bigint NOT NULL UNIQUE,          -- order of first writing
    id bytea PRIMARY KEY,                   -- SHA-256 of the key, which may be longer than what an index takes
    key text COLLATE "C" NOT NULL,          -- the row's key
    operation text NOT NULL,                -- such as company-intelligence
    fingerprint text NOT NULL,              -- hash of the question's content
    request text NOT NULL,                  -- the question's fields, JSON: what you know about a person stands here
    state text NOT NULL CHECK (
        state IN ('intended', 'released', 'accepted', 'unknown', 'lost', 'completed', 'no_answer', 'unmatched',
                  'unreadable', 'failed', 'cancelled')
    ),
    job_id text,                            -- the service's id, once accepted
    answer bytea,                           -- the body of the last poll as it came, or the row's part of it
    answer_type text,                       -- its content type
    error text,                             -- why there is no answer
    cost_cents double precision,            -- what the service said it charged, US cents
    variant text NOT NULL DEFAULT '',       -- what its price depends on, such as company-intelligence/low
    reserved_cents double precision NOT NULL DEFAULT 0,  -- what was set aside for it before it was sent
    resubmissions integer NOT NULL DEFAULT 0,            -- deliberate resubmissions
    sent_at text COLLATE "C",               -- when it was last about to be sent
    delivered boolean NOT NULL DEFAULT false,            -- whether the consumer has acknowledged its outcome
    batch text,                             -- the batch it was submitted in, if it was
    place integer,                          -- its place in the batch, from 0
    receipt bytea,                          -- the body of the answer to its submit, where no id could be read from it
    receipt_type text,                      -- its content type
    matched_by text,                        -- what showed which part of a shared answer is its own
    created_at text NOT NULL,
    changed_at text NOT NULL,
    version bigint NOT NULL DEFAULT 0,      -- how often this line was written: whoever writes it names the time before
    owner bigint,                           -- the runner that has it under way; it counts while that is registered
    spent bigint NOT NULL GENERATED ALWAYS AS (          -- what counts against a cap, millionths of a US cent
        round(1e6 * greatest(-1e12, least(1e12, CASE
            WHEN state IN ('completed', 'no_answer', 'unmatched', 'unreadable', 'failed', 'cancelled')
                THEN coalesce(cost_cents, 0) + reserved_cents
            WHEN state IN ('intended', 'accepted', 'unknown', 'lost') THEN reserved_cents
            ELSE 0 END)))::bigint) STORED
);

CREATE INDEX sixtyfour_jobs_by_state ON sixtyfour_jobs (state, number);
CREATE INDEX sixtyfour_jobs_under_way ON sixtyfour_jobs (operation, owner) WHERE state IN ('intended', 'accepted');
CREATE INDEX sixtyfour_jobs_by_sending ON sixtyfour_jobs (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX sixtyfour_jobs_by_batch ON sixtyfour_jobs USING hash (batch) WHERE batch IS NOT NULL;
CREATE INDEX sixtyfour_jobs_by_job ON sixtyfour_jobs USING hash (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE sixtyfour_runners (            -- who has the journal open
    number bigint PRIMARY KEY,              -- never used again
    lease_until timestamptz NOT NULL        -- when it is over, others take what it held
) WITH (fillfactor = 50);

CREATE TABLE sixtyfour_commits (            -- the last commit of each process, should it not have heard of the end of it
    process text PRIMARY KEY,
    serial bigint NOT NULL,
    result jsonb,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

CREATE TABLE sixtyfour_answers (
    batch text PRIMARY KEY,
    body bytea NOT NULL,                    -- its answer as it came, until each row has its own part of it
    body_type text NOT NULL,                -- its content type
    number bigint GENERATED ALWAYS AS IDENTITY  -- the order in which they came
);

CREATE TABLE sixtyfour_tallies (
    variant text NOT NULL,
    name text NOT NULL,                     -- see the schema of a journal file
    sent_at text COLLATE "C" NOT NULL DEFAULT '',   -- when they were sent, where money depends on it
    rows bigint NOT NULL,
    cents double precision NOT NULL,        -- what they would have cost, had cost, or may have cost
    spent bigint NOT NULL GENERATED ALWAYS AS (     -- what counts against a cap, millionths of a US cent
        round(1e6 * greatest(-1e12, least(1e12, CASE
            WHEN name IN ('forgotten', 'replaced', 'resubmitted') THEN cents ELSE 0 END)))::bigint) STORED,
    PRIMARY KEY (variant, name, sent_at)
);

CREATE TABLE sixtyfour_sums (               -- kept by triggers, so that a cap costs one look; made anew when missing
    since text COLLATE "C" PRIMARY KEY,     -- an instant, a day, a month, or '' for the beginning
    spent numeric NOT NULL,                 -- `spent` of all jobs and tallies that were sent then or later
    runner bigint NOT NULL                  -- who asked for it
) WITH (fillfactor = 50);

CREATE TABLE sixtyfour_adoptions (          -- when somebody decided to go on although a part may be missing
    adopted_at text NOT NULL,
    reason text NOT NULL,                   -- what was found
    since text,                             -- rows that are not in the journal may have been sent and paid after this …
    until text NOT NULL,                    -- … and before this
    rows_missing bigint,
    rows_parked bigint NOT NULL             -- rows made unknown: free to be submitted by what was left of the journal
);

INSERT INTO sixtyfour_journal (id) VALUES (replace(gen_random_uuid()::text, '-', ''));
