"""What the service answers: a function per route, with plain requests and replies; `table` lists them."""
