"""Every operation, and every model that operations take or return, documents itself and each of its fields."""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache
from itertools import zip_longest
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from sixtyfour_async import models, operations
from sixtyfour_async.operations import REGISTRY

PACKAGE = "sixtyfour_async."


def classes_of(module: ModuleType) -> list[type[BaseModel]]:
    members = [getattr(module, name) for name in module.__all__]
    return [member for member in members if inspect.isclass(member) and issubclass(member, BaseModel)]


DOCUMENTED = {cls.__name__: cls for cls in (*classes_of(operations), *classes_of(models))}


@cache
def class_sources(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def attribute_docs(cls: type[Any]) -> dict[str, str]:
    """Field name → the string literal below its declaration, in the class or the nearest base that declares it."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        node = class_sources(base.__module__).get(base.__name__) if base.__module__.startswith(PACKAGE) else None
        body = [] if node is None else node.body
        for declared, following in zip_longest(body, body[1:]):
            if not isinstance(declared, ast.AnnAssign) or not isinstance(declared.target, ast.Name):
                continue
            docs.pop(declared.target.id, None)
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                docs[declared.target.id] = inspect.cleandoc(str(following.value.value))
    return docs


def test_every_operation_is_checked() -> None:
    assert {cls.__name__ for cls in REGISTRY.values()} <= set(DOCUMENTED)


@pytest.mark.parametrize("cls", DOCUMENTED.values(), ids=DOCUMENTED)
def test_every_field_has_a_sentence_of_its_own_below_it(cls: type[BaseModel]) -> None:
    docs = attribute_docs(cls)

    assert set(cls.model_fields) <= set(docs)
    assert [name for name in cls.model_fields if not docs[name].endswith(".")] == []
    assert [name for name in cls.model_fields if not docs[name][0].isupper() and docs[name][0] not in "`1"] == []


@pytest.mark.parametrize("cls", REGISTRY.values(), ids=REGISTRY)
def test_every_operation_has_a_summary_and_a_source(cls: type[Any]) -> None:
    summary, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")

    assert summary.endswith(".")
    assert "\n" not in summary
    assert any(word in rest for word in ("Source:", "Assumed:"))
