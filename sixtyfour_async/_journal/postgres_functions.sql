-- What is done in the database, one call a transaction. These are made anew whenever the schema is created or migrated.

CREATE OR REPLACE FUNCTION sixtyfour_keep_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM sixtyfour_sums;
    END IF;
    IF NOT EXISTS (SELECT FROM sixtyfour_sums) THEN
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE sixtyfour_sums AS s SET spent = s.spent - t.spent FROM (
            SELECT since, sum(former.spent) AS spent FROM sixtyfour_sums
            JOIN former ON coalesce(former.sent_at, '') >= since GROUP BY since
        ) AS t WHERE s.since = t.since;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        UPDATE sixtyfour_sums AS s SET spent = s.spent + t.spent FROM (
            SELECT since, sum(latter.spent) AS spent FROM sixtyfour_sums
            JOIN latter ON coalesce(latter.sent_at, '') >= since GROUP BY since
        ) AS t WHERE s.since = t.since;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER sum_inserted AFTER INSERT ON sixtyfour_jobs
    REFERENCING NEW TABLE AS latter FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_updated AFTER UPDATE ON sixtyfour_jobs
    REFERENCING OLD TABLE AS former NEW TABLE AS latter FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_deleted AFTER DELETE ON sixtyfour_jobs
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_emptied AFTER TRUNCATE ON sixtyfour_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_inserted AFTER INSERT ON sixtyfour_tallies
    REFERENCING NEW TABLE AS latter FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_updated AFTER UPDATE ON sixtyfour_tallies
    REFERENCING OLD TABLE AS former NEW TABLE AS latter FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_deleted AFTER DELETE ON sixtyfour_tallies
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();
CREATE OR REPLACE TRIGGER sum_emptied AFTER TRUNCATE ON sixtyfour_tallies
    FOR EACH STATEMENT EXECUTE FUNCTION sixtyfour_keep_sums();

-- Server, timeline and database; '' where the server does not tell. A promoted standby has a new timeline at once.
CREATE OR REPLACE FUNCTION sixtyfour_place() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT system_identifier FROM pg_control_system())::text
        || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
        || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())::text;
EXCEPTION WHEN OTHERS THEN
    RETURN '';
END $$;

-- Why rows may have been sent of which the journal does not know: it is older than somebody has seen it, or elsewhere.
CREATE OR REPLACE FUNCTION sixtyfour_doubt(
    self sixtyfour_journal, here text, seen_id text, seen_commits bigint, seen_intents bigint
) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF self.doubt IS NOT NULL THEN
        RETURN self.doubt;
    ELSIF self.id = seen_id AND self.commits < seen_commits THEN
        RETURN format('is older than it was: %s commits, with %s rows sent, are missing',
                      seen_commits - self.commits, greatest(0, seen_intents - self.intents));
    ELSIF self.place = '' OR here = '' OR self.place = here THEN
        RETURN NULL;
    ELSIF split_part(self.place, '/', 1) = split_part(here, '/', 1)
        AND split_part(self.place, '/', 3) = split_part(here, '/', 3) THEN
        RETURN format('is now on another server (timeline %s, before %s), which may lack the last commits',
                      split_part(here, '/', 2), split_part(self.place, '/', 2));
    END IF;
    RETURN 'lies in another database than when it was last used';
END $$;

-- Lock the journal; note where it is, and whether it is in doubt.
CREATE OR REPLACE FUNCTION sixtyfour_enter(seen_id text, seen_commits bigint, seen_intents bigint)
RETURNS sixtyfour_journal LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal;
    here text := sixtyfour_place();
    why text;
BEGIN
    SELECT * INTO STRICT self FROM sixtyfour_journal FOR UPDATE;
    why := sixtyfour_doubt(self, here, seen_id, seen_commits, seen_intents);
    IF why IS DISTINCT FROM self.doubt THEN
        UPDATE sixtyfour_journal SET doubt = why RETURNING * INTO self;
    ELSIF why IS NULL AND here NOT IN ('', self.place) THEN
        UPDATE sixtyfour_journal SET place = here RETURNING * INTO self;
    END IF;
    RETURN self;
END $$;

-- Tell those who listen; numbers only, since a payload is limited to 8,000 bytes.
CREATE OR REPLACE FUNCTION sixtyfour_tell(journal text, runner bigint, what text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('sixtyfour_' || journal, runner || ' ' || what)
$$;

CREATE OR REPLACE FUNCTION sixtyfour_register(runner bigint, seconds double precision) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    until timestamptz := clock_timestamp() + make_interval(secs => seconds);
    registered bigint;
BEGIN
    UPDATE sixtyfour_runners SET lease_until = until WHERE number = runner RETURNING number INTO registered;
    IF registered IS NULL THEN
        UPDATE sixtyfour_journal SET runners = runners + 1 RETURNING runners INTO registered;
        INSERT INTO sixtyfour_runners VALUES (registered, until);
        DELETE FROM sixtyfour_commits WHERE at < clock_timestamp() - interval '1 day';
    END IF;
    RETURN registered;
END $$;

-- Park what was about to be sent by runners that are gone, and free what was accepted; return how many rows.
CREATE OR REPLACE FUNCTION sixtyfour_free(why text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    parked bigint;
    freed bigint;
BEGIN
    UPDATE sixtyfour_jobs SET state = 'unknown', error = why, owner = NULL, version = version + 1
    WHERE state = 'intended' AND (owner IS NULL OR owner NOT IN (SELECT number FROM sixtyfour_runners));
    GET DIAGNOSTICS parked = ROW_COUNT;
    UPDATE sixtyfour_jobs SET owner = NULL, version = version + 1
    WHERE state = 'accepted' AND owner IS NOT NULL AND owner NOT IN (SELECT number FROM sixtyfour_runners);
    GET DIAGNOSTICS freed = ROW_COUNT;
    RETURN parked + freed;
END $$;

-- What a caller takes note of, whatever it asked for.
CREATE OR REPLACE FUNCTION sixtyfour_stand(runner bigint, results jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('runner', runner, 'results', results, 'id', id, 'commits', commits, 'intents', intents,
                              'changed_at', changed_at, 'place', place, 'doubt', doubt)
    FROM sixtyfour_journal
$$;

CREATE OR REPLACE FUNCTION sixtyfour_beat(
    runner bigint, seconds double precision, succeeds boolean, why text,
    seen_id text, seen_commits bigint, seen_intents bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal := sixtyfour_enter(seen_id, seen_commits, seen_intents);
    registered bigint := sixtyfour_register(runner, seconds);
BEGIN
    IF succeeds THEN
        DELETE FROM sixtyfour_runners WHERE number <> registered AND lease_until < clock_timestamp();
    END IF;
    IF sixtyfour_free(why) > 0 THEN
        UPDATE sixtyfour_journal SET commits = commits + 1 RETURNING * INTO self;
        PERFORM sixtyfour_tell(self.id, registered, self.commits::text);
    END IF;
    RETURN sixtyfour_stand(registered, '[]');
END $$;

CREATE OR REPLACE FUNCTION sixtyfour_leave(runner bigint, why text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal := sixtyfour_enter('', 0, 0);
BEGIN
    DELETE FROM sixtyfour_runners WHERE number = runner;
    IF sixtyfour_free(why) > 0 THEN
        UPDATE sixtyfour_journal SET commits = commits + 1 RETURNING * INTO self;
        PERFORM sixtyfour_tell(self.id, runner, self.commits::text);
    END IF;
END $$;

-- Lines as they came: `answer` and `receipt` are places in the array of bodies, `after` is the version that must stand
-- there (0: no line; null: any), `nth` the line's place in the commit.
CREATE OR REPLACE FUNCTION sixtyfour_write(lines jsonb, bodies bytea[], first_number bigint, holder bigint, at text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    intents bigint;
BEGIN
    INSERT INTO sixtyfour_jobs (
        number, id, key, operation, fingerprint, request, state, job_id, answer, answer_type, error, cost_cents, variant,
        reserved_cents, resubmissions, sent_at, delivered, batch, place, receipt, receipt_type, matched_by, created_at,
        changed_at, version, owner
    ) SELECT first_number + nth, decode(id, 'hex'), key, operation, fingerprint, request, state, job_id, bodies[answer],
        answer_type, error, cost_cents, variant, reserved_cents, resubmissions, sent_at, delivered, batch, place,
        bodies[receipt], receipt_type, matched_by, coalesce(created_at, at), at, version,
        CASE WHEN state IN ('intended', 'accepted') THEN holder END
    FROM jsonb_to_recordset(lines) AS line (
        nth bigint, id text, key text, operation text, fingerprint text, request text, state text, job_id text,
        answer integer, answer_type text, error text, cost_cents double precision, variant text,
        reserved_cents double precision, resubmissions integer, sent_at text, delivered boolean, batch text,
        place integer, receipt integer, receipt_type text, matched_by text, created_at text, version bigint
    ) ORDER BY nth
    ON CONFLICT (id) DO UPDATE SET
        operation = excluded.operation, fingerprint = excluded.fingerprint, request = excluded.request,
        state = excluded.state, job_id = excluded.job_id, answer = excluded.answer, answer_type = excluded.answer_type,
        error = excluded.error, cost_cents = excluded.cost_cents, variant = excluded.variant,
        reserved_cents = excluded.reserved_cents, resubmissions = excluded.resubmissions, sent_at = excluded.sent_at,
        delivered = excluded.delivered, batch = excluded.batch, place = excluded.place, receipt = excluded.receipt,
        receipt_type = excluded.receipt_type, matched_by = excluded.matched_by, changed_at = excluded.changed_at,
        version = excluded.version, owner = excluded.owner;
    SELECT count(*) INTO intents FROM jsonb_array_elements(lines) AS line WHERE line ->> 'state' = 'intended';
    RETURN intents;
END $$;

CREATE OR REPLACE FUNCTION sixtyfour_count(variant text, name text, sent_at text, rows bigint, cents double precision)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO sixtyfour_tallies AS t (variant, name, sent_at, rows, cents) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (variant, name, sent_at) DO UPDATE SET rows = t.rows + excluded.rows, cents = t.cents + excluded.cents
$$;

-- Ids of the lines that do not follow what is stored; of claims, and lines that are not counted, that another one holds.
CREATE OR REPLACE FUNCTION sixtyfour_fenced(lines jsonb, runner bigint, claims boolean) RETURNS text[]
LANGUAGE sql AS $$
    SELECT coalesce(array_agg(line.id), '{}') FROM jsonb_to_recordset(lines) AS line (id text, version bigint, after bigint)
    LEFT JOIN sixtyfour_jobs AS job ON job.id = decode(line.id, 'hex')
    WHERE line.after <> coalesce(job.version, 0)
       OR ((claims OR line.version = 0) AND job.owner <> runner AND job.owner IN (SELECT number FROM sixtyfour_runners))
$$;

-- Of fenced lines, those that say what nobody else can: what became of the submit of a row that was parked since.
CREATE OR REPLACE FUNCTION sixtyfour_late(lines jsonb, fenced text[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_agg(line || jsonb_build_object('version', job.version + 1)), '[]')
    FROM jsonb_array_elements(lines) AS line
    JOIN sixtyfour_jobs AS job ON job.id = decode(line ->> 'id', 'hex')
    WHERE line ->> 'id' = ANY (fenced) AND job.state = 'unknown' AND job.job_id IS NULL
      AND job.sent_at IS NOT DISTINCT FROM line ->> 'sent_at'
      AND (line ->> 'state' = 'released' OR (line ->> 'state' = 'accepted' AND line ->> 'job_id' IS NOT NULL))
$$;

CREATE OR REPLACE FUNCTION sixtyfour_spent_since(instant text, runner bigint, used text[]) RETURNS numeric
LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
BEGIN
    SELECT spent INTO total FROM sixtyfour_sums WHERE since = instant;
    IF total IS NULL THEN
        DELETE FROM sixtyfour_sums AS s WHERE s.since <> '' AND (
            s.runner NOT IN (SELECT number FROM sixtyfour_runners)
            OR (s.runner = sixtyfour_spent_since.runner AND s.since <> ALL (used))
        );
        IF instant = '' THEN
            total := coalesce((SELECT sum(spent) FROM sixtyfour_jobs), 0)
                + coalesce((SELECT sum(spent) FROM sixtyfour_tallies), 0);
        ELSE
            total := coalesce((SELECT sum(spent) FROM sixtyfour_jobs WHERE sent_at >= instant), 0)
                + coalesce((SELECT sum(spent) FROM sixtyfour_tallies WHERE sent_at >= instant), 0);
        END IF;
        INSERT INTO sixtyfour_sums VALUES (instant, total, runner);
    END IF;
    RETURN total;
END $$;

-- What counts against each limit: caps in millionths of a cent, then rooms in rows.
CREATE OR REPLACE FUNCTION sixtyfour_amounts(change jsonb, runner bigint) RETURNS numeric[] LANGUAGE plpgsql AS $$
DECLARE
    amounts numeric[] := '{}';
    limited jsonb;
    used text[] := ARRAY(SELECT cap ->> 'since' FROM jsonb_array_elements(change -> 'caps') AS cap);
BEGIN
    FOR limited IN SELECT * FROM jsonb_array_elements(change -> 'caps') LOOP
        amounts := amounts || sixtyfour_spent_since(limited ->> 'since', runner, used);
    END LOOP;
    FOR limited IN SELECT * FROM jsonb_array_elements(change -> 'rooms') LOOP
        amounts := amounts || (
            SELECT count(*) FROM sixtyfour_jobs WHERE state IN ('intended', 'accepted')
            AND operation IN (SELECT jsonb_array_elements_text(limited -> 'operations'))
            AND coalesce(limited ->> 'variant', variant) = variant
        )::numeric;
    END LOOP;
    RETURN amounts;
END $$;

-- Write the lines of a claim that are free. Returns {"refused": […]} or {"exceeded": number of the limit, from 0}.
CREATE OR REPLACE FUNCTION sixtyfour_take(
    change jsonb, bodies bytea[], first_number bigint, runner bigint, at text, INOUT intents bigint, OUT result jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    refused text[] := sixtyfour_fenced(change -> 'lines', runner, true);
    free jsonb;
    skipped integer := 0;
    most numeric[];
    before numeric[];
    later numeric[];
    over integer;
    written bigint;
BEGIN
    SELECT coalesce(jsonb_agg(line), '[]') INTO free FROM jsonb_array_elements(change -> 'lines') AS line
    WHERE line ->> 'id' <> ALL (refused);
    IF NOT free @? '$[*] ? (@.state == "intended")' THEN
        skipped := jsonb_array_length(change -> 'caps');
        change := jsonb_set(change, '{caps}', '[]');
    END IF;
    most := ARRAY(SELECT (limited ->> 'most')::numeric
                  FROM jsonb_array_elements((change -> 'caps') || (change -> 'rooms')) AS limited);
    before := sixtyfour_amounts(change, runner);
    BEGIN
        PERFORM sixtyfour_count(former ->> 'variant', former ->> 'name', former ->> 'sent_at', 1,
                                (former ->> 'cents')::double precision)
        FROM jsonb_array_elements(change -> 'replaced') AS former WHERE former ->> 'id' <> ALL (refused);
        written := sixtyfour_write(free, bodies, first_number, runner, at);
        later := sixtyfour_amounts(change, runner);
        FOR i IN 1 .. cardinality(most) LOOP
            IF later[i] > most[i] AND later[i] > before[i] THEN
                over := skipped + i - 1;
                RAISE EXCEPTION SQLSTATE 'SF001';  -- undoes this block
            END IF;
        END LOOP;
        intents := intents + written;
        result := jsonb_build_object('refused', to_jsonb(refused));
    EXCEPTION WHEN SQLSTATE 'SF001' THEN
        result := jsonb_build_object('exceeded', over);
    END;
END $$;

-- Write lines, all of them or none: returns {"refused": […]}; what a late runner alone knows is written all the same.
CREATE OR REPLACE FUNCTION sixtyfour_put(
    change jsonb, bodies bytea[], first_number bigint, runner bigint, at text, INOUT intents bigint, OUT result jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    fenced text[] := sixtyfour_fenced(change -> 'lines', runner, false);
BEGIN
    IF cardinality(fenced) > 0 THEN
        PERFORM sixtyfour_write(sixtyfour_late(change -> 'lines', fenced), bodies, first_number, NULL, at);
    ELSE
        intents := intents + sixtyfour_write(change -> 'lines', bodies, first_number, runner, at);
        DELETE FROM sixtyfour_answers WHERE batch = change ->> 'settles';
    END IF;
    result := jsonb_build_object('refused', to_jsonb(fenced));
END $$;

-- Write changes, in order, each as a whole or not at all; one that was written before, by its serial, is not again.
CREATE OR REPLACE FUNCTION sixtyfour_commit(
    process text, serial bigint, runner bigint, seconds double precision, at text,
    seen_id text, seen_commits bigint, seen_intents bigint, changes jsonb, bodies bytea[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal := sixtyfour_enter(seen_id, seen_commits, seen_intents);
    last sixtyfour_commits;
    change jsonb;
    result jsonb;
    results jsonb := '[]';
    sent bigint := 0;
BEGIN
    SELECT * INTO last FROM sixtyfour_commits AS c WHERE c.process = sixtyfour_commit.process;
    IF last.serial >= serial THEN
        RETURN last.result;
    END IF;
    FOR change IN SELECT * FROM jsonb_array_elements(changes) LOOP
        result := '{}';
        CASE change ->> 'do'
        WHEN 'put' THEN
            SELECT * INTO sent, result FROM sixtyfour_put(change, bodies, self.rows + 1, runner, at, sent);
        WHEN 'take' THEN
            IF self.doubt IS NOT NULL AND change @? '$.lines[*] ? (@.state == "intended")' THEN
                result := jsonb_build_object('refused', jsonb_path_query_array(change, '$.lines[*].id'));
            ELSE
                IF NOT EXISTS (SELECT FROM sixtyfour_runners WHERE number = runner) THEN
                    runner := sixtyfour_register(runner, seconds);
                END IF;
                SELECT * INTO sent, result FROM sixtyfour_take(change, bodies, self.rows + 1, runner, at, sent);
            END IF;
        WHEN 'deliver' THEN
            UPDATE sixtyfour_jobs SET delivered = true WHERE id = decode(change ->> 'id', 'hex');
        WHEN 'meta' THEN
            INSERT INTO sixtyfour_meta AS kept VALUES (change ->> 'name', change ->> 'text')
            ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE NOT (change ->> 'once')::boolean;
        WHEN 'hand back' THEN
            UPDATE sixtyfour_jobs SET owner = NULL, version = version + 1
            WHERE owner = runner AND state = 'accepted'
              AND encode(id, 'hex') IN (SELECT jsonb_array_elements_text(change -> 'ids'));
        WHEN 'answer' THEN
            INSERT INTO sixtyfour_answers VALUES (change ->> 'batch', bodies[(change ->> 'body')::integer], change ->> 'type')
            ON CONFLICT (batch) DO UPDATE SET body = excluded.body, body_type = excluded.body_type;
        WHEN 'count' THEN
            PERFORM sixtyfour_count(change ->> 'variant', change ->> 'name', change ->> 'sent_at',
                                    (change ->> 'rows')::bigint, (change ->> 'cents')::double precision);
        END CASE;
        results := results || jsonb_build_array(result);
    END LOOP;
    UPDATE sixtyfour_journal SET commits = commits + 1, intents = intents + sent, changed_at = at,
        rows = rows + (SELECT coalesce(sum(jsonb_array_length(c -> 'lines')), 0) FROM jsonb_array_elements(changes) AS c)
    RETURNING * INTO self;
    IF EXISTS (SELECT FROM sixtyfour_runners WHERE number <> runner) THEN
        PERFORM sixtyfour_tell(self.id, runner, self.commits::text);
    END IF;
    result := sixtyfour_stand(runner, results);
    INSERT INTO sixtyfour_commits VALUES (process, serial, result)
    ON CONFLICT ON CONSTRAINT sixtyfour_commits_pkey
    DO UPDATE SET serial = excluded.serial, result = excluded.result, at = excluded.at;
    RETURN result;
END $$;

-- Return the result of a commit whose end was not heard; null when it was not written, and then it never will be.
CREATE OR REPLACE FUNCTION sixtyfour_settle(process text, serial bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal := sixtyfour_enter('', 0, 0);
    last sixtyfour_commits;
BEGIN
    SELECT * INTO last FROM sixtyfour_commits AS c WHERE c.process = sixtyfour_settle.process;
    IF last.serial >= serial THEN
        RETURN last.result;
    END IF;
    INSERT INTO sixtyfour_commits VALUES (process, serial, NULL)
    ON CONFLICT ON CONSTRAINT sixtyfour_commits_pkey DO UPDATE SET serial = excluded.serial, result = NULL;
    RETURN NULL;
END $$;

-- Record what the journal is for, if that is still what the caller has read; return whether it was.
CREATE OR REPLACE FUNCTION sixtyfour_bind(known jsonb, purpose jsonb, was_used boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal := sixtyfour_enter('', 0, 0);
BEGIN
    IF known <> (SELECT coalesce(jsonb_object_agg(name, value), '{}') FROM sixtyfour_meta WHERE name NOT LIKE 'note:%')
        OR was_used <> EXISTS (SELECT FROM sixtyfour_jobs WHERE state <> 'released') THEN
        RETURN false;
    END IF;
    INSERT INTO sixtyfour_meta SELECT * FROM jsonb_each_text(purpose)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value;
    RETURN true;
END $$;

-- Erase a row if it still is as the caller has read it, with what the answer that it shares becomes; return whether.
CREATE OR REPLACE FUNCTION sixtyfour_forget(
    row_id bytea, was_version bigint, shared text, whole bytea, rest bytea, rest_type text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal := sixtyfour_enter('', 0, 0);
    gone sixtyfour_jobs;
BEGIN
    IF shared IS NOT NULL AND whole IS DISTINCT FROM (SELECT body FROM sixtyfour_answers WHERE batch = shared) THEN
        RETURN false;
    END IF;
    DELETE FROM sixtyfour_jobs WHERE id = row_id AND version = was_version RETURNING * INTO gone;
    IF gone.id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM sixtyfour_count(gone.variant, 'forgotten', coalesce(gone.sent_at, ''), 1,
                            coalesce(gone.cost_cents, 0) + gone.reserved_cents);
    IF rest IS NOT NULL THEN
        UPDATE sixtyfour_answers SET body = rest, body_type = rest_type WHERE batch = shared;
    ELSIF shared IS NOT NULL THEN
        DELETE FROM sixtyfour_answers WHERE batch = shared;
    END IF;
    UPDATE sixtyfour_journal SET commits = commits + 1 RETURNING * INTO self;
    PERFORM sixtyfour_tell(self.id, 0, self.commits::text);
    RETURN true;
END $$;

-- Take a journal that is in doubt for whole from now on, under a new name. Returns what was recorded.
CREATE OR REPLACE FUNCTION sixtyfour_adopt(why text, missing bigint, until text, now text, crashed text, maybe text)
RETURNS sixtyfour_adoptions LANGUAGE plpgsql AS $$
DECLARE
    self sixtyfour_journal;
    adoption sixtyfour_adoptions;
    parked bigint;
    more bigint;
BEGIN
    SELECT * INTO STRICT self FROM sixtyfour_journal FOR UPDATE;
    DELETE FROM sixtyfour_runners;
    UPDATE sixtyfour_jobs SET state = 'unknown', error = crashed, owner = NULL, version = version + 1
    WHERE state = 'intended';
    GET DIAGNOSTICS parked = ROW_COUNT;
    UPDATE sixtyfour_jobs SET state = 'unknown', error = maybe, owner = NULL, version = version + 1
    WHERE state = 'released';
    GET DIAGNOSTICS more = ROW_COUNT;
    PERFORM sixtyfour_free(crashed);
    UPDATE sixtyfour_journal SET id = replace(gen_random_uuid()::text, '-', ''), doubt = NULL, changed_at = now,
        commits = commits + 1, place = sixtyfour_place();
    INSERT INTO sixtyfour_adoptions VALUES (now, why, nullif(self.changed_at, ''), until, missing, parked + more)
    RETURNING * INTO adoption;
    RETURN adoption;
END $$;
