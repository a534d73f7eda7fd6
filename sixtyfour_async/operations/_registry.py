"""`REGISTRY`, complete: the import of this module imports every module that defines operations."""

from importlib import import_module

from sixtyfour_async.operations._base import REGISTRY
from sixtyfour_async.operations._homes import HOMES

__all__ = ["REGISTRY"]

for _home in sorted({*HOMES.values()} - {"_registry"}):
    import_module(f"sixtyfour_async.operations.{_home}")
