"""What is asked about the rows of a table: one question, the columns that are sent, and which parts were asked before.

Pure: no I/O, no clock. A `question.Question` and a table's header give a `column_mapping.ColumnMapping`; a row's
subject and what a journal was asked before give the row's `parts`; an answer gives the cells of the output.
"""
