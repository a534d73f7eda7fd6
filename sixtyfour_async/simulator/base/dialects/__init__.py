"""Ways in which an answer may differ from the documents: one pure function each, all of them in `table.DIALECTS`.

Enters: an `answer.Answer` that the simulator is about to give. Leaves: the same answer in a dialect. What was accepted,
found and charged is decided elsewhere and stays as it is.
"""
