"""What lasts: each row's intent, id, raw answer and delivery, written before anything is done with it.

In: `Entry` values to put, keys to find. Out: entries as they were last committed.
`base` is the protocol and its promises, `sharing` what several runners need besides; `fencing` decides who may write a
line, and `lease` knows a runner's own lease. `memory` implements them in memory. `stored` is the shell of all journals
in a database: it shares commits, and hands `changes` to a store.

The file: `schema` owns its format, its migrations (`schema.sql` is the current one) and reading beside the processes
that write; `sqlite_rows` has the rows as SQL. `sqlite_store` is the store, `sqlite_changes` what changes do to its
tables, `runners` who has it open. `owner` holds the locks, `evidence` looks at what lies beside it and was noted
elsewhere, `wholeness` decides whether all of it is there, `journal_file` opens, writes and closes it, `adoption` goes
on with what is left of it, `refusals` says why it cannot be used, and `maintenance` copies and checks it.
"""
