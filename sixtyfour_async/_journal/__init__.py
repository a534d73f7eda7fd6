"""What lasts: each row's intent, id, raw answer and delivery, written before anything is done with it.

In: `Entry` values to put, keys to find. Out: entries as they were last committed.
`base` is the protocol and its promises; `memory` and `sqlite` implement it; `schema` owns the file format, its
migrations (`schema.sql` is the current one) and reading beside the process that writes.

The file: `owner` holds it, `evidence` looks at what lies beside it and was noted elsewhere, `wholeness` decides whether
all of it is there, `journal_file` opens, writes, adopts and closes it, and `maintenance` copies and checks it.
"""
