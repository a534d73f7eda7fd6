"""The command line: ``sixtyfour run``, ``call``, ``search``, ``listen``, ``demo``, ``simulate``, ``status`` and others.

In: a table, options, and the journal of an earlier run. Out: the enriched table, a summary, and an exit code.
`commands` is what click sees; `enrichment` and `column_mapping` decide what each row asks and `execution` runs it;
`signals`, `draining`, `console` and `paid_output` see to it that it ends well; `journal_commands`, `status_report` and
`journal_export` read a journal, `guide_command` shows the guide. `call_command` makes a command of each operation, by
the table in `operation_fields`; `asking` sends it. `environment` and `settings_table` are where settings come from,
`completion` is what shells ask. All speak of columns and flags, not of Python parameters. Nothing imports this package
but ``__main__``.
"""
