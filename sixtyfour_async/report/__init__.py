"""A journal as a page: what was asked and found, what it cost, what failed and why, and what is in doubt.

`Summary` decides, from a stream of the journal's rows, in constant memory; `page` shows it as one HTML file that needs
no network and no script.
"""
