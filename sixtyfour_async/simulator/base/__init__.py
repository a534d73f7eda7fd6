"""Generic parts that know nothing of the service's data.

Enters: settings, raw bodies (JSON, forms, table files, JWTs), seeds, instants. Leaves: validated values, error
responses, deterministic random draws, simulated time.
"""
