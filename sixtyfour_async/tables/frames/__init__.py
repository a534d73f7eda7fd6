"""Data frames in and out: the rows of a frame as cells, and the same frame again with columns added.

`frame_of` takes what people have: a pandas, polars, pyarrow, DuckDB or narwhals frame, anything else that exports
the Arrow stream protocol, or an iterable of mappings. What comes back is of the kind that was given. None of these
libraries but pyarrow is imported: a frame that is there brings its own.
"""

from sixtyfour_async.tables.frames.base import AddedColumn, Frame
from sixtyfour_async.tables.frames.recognition import frame_of

__all__ = ["AddedColumn", "Frame", "frame_of"]
