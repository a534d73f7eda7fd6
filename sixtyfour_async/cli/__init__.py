"""``sixtyfour …``: a table in, a table out. `commands` is what click sees; the rest is what the commands do."""
