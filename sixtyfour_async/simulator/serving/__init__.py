"""How the service is reached: the ASGI application, a uvicorn server, a child process.

Enters: HTTP requests. Leaves: HTTP responses, or broken connections on demand. This floor alone awaits and reads the
clock; it authenticates, applies the rate limit and injects faults around the routes.
"""
