"""How the service is reached: the ASGI application, a server, a child process, and connections that break on demand."""
