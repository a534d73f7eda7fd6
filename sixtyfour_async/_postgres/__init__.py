"""PostgreSQL as the journal and the request budget both need it: its address, and a connection with a deadline.

`connection` needs the extra ``postgres``; `address` says so where it is missing.
"""
