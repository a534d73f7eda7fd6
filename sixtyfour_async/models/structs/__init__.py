"""The caller's own class as ``struct``: described to the service, and filled from its answers.

Out: `schema.describe_class` writes the request, `reading.read_struct` reads the answer. Inside: `text`, `notation`,
`dates` and `names` say what text means, without knowing of pydantic; `nodes`, `forms`, `slots` and `reading` rebuild
pydantic's core schema of the class so that each field fails alone.
"""
