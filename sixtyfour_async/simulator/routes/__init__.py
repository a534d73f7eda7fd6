"""What the service answers: one function per route, listed in `table`.

Enters: a `Call`, an authenticated request as a plain value. Leaves: a `Reply`, or an `ErrorResponse`. Route functions
change the state through `Service` and never await.
"""
