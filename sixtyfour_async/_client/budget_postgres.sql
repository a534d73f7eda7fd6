-- The accounts of keys that several processes share. Unlogged: a visit waits for no disk, and after a crash of the server,
-- or on a standby that was promoted, the table is empty, so that every account starts cautiously with one token.
CREATE UNLOGGED TABLE IF NOT EXISTS sixtyfour_budgets (
    key text PRIMARY KEY,           -- SHA-256 of the API key
    state text NOT NULL,            -- the account, JSON
    version bigint NOT NULL         -- how often it was written: whoever writes it names the time before
) WITH (fillfactor = 50);
