"""Generate the type stub of the client's methods from their signatures and docstrings at run time.

``python -m tests.surface.stubs`` writes ``sixtyfour_async/_client/namespaces.pyi``. An operation with one form becomes
an ordinary method, which every editor shows well. One with several forms becomes an attribute whose class has a
``__call__`` and a method for each further form; its docstring begins with the signature, because editors show the class
of an attribute and not the parameters of its ``__call__``.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from inspect import Parameter, Signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from sixtyfour_async import AsyncClient
from sixtyfour_async._client import namespaces
from sixtyfour_async._client.bindings import EVENTS, PAGES, ROWS, Binding, Group, Method, Namespace

STUB = Path(namespaces.__file__).with_suffix(".pyi")
ITERATED = {EVENTS.carry_out, PAGES.carry_out, ROWS.carry_out}

HEAD = '''# Written by `python -m tests.surface.stubs`; do not edit.
"""The client's methods, as type checkers and editors see them; `namespaces.py` binds them."""

import builtins
{imports}
'''


class Writer:
    """Generates the stub and collects the imports that it needs."""

    def __init__(self) -> None:
        self.client = AsyncClient("unused", base_url="http://localhost:1")
        self.imported: dict[str, set[str]] = {"sixtyfour_async._client.bindings": {"Namespace"}}

    def stub(self) -> str:
        """Return the text of the stub."""
        body = "".join(self.namespace(found) for found in namespaces_in_order())
        imports = "\n".join(
            f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self.imported.items())
        )
        return HEAD.format(imports=imports) + body + self.root_class()

    def root_class(self) -> str:
        return self.class_text("Namespaces", namespaces.Namespaces, "", namespaces.Namespaces)

    def namespace(self, cls: type[Namespace]) -> str:
        return self.class_text(cls.__name__, cls, "(Namespace)", cls(self.client))

    def class_text(self, name: str, cls: type, bases: str, instance: Any) -> str:
        """Return the class of one namespace, preceded by a class for each of its methods that has several forms."""
        before, lines = "", [f"class {name}{bases}:", _quoted(cls.__doc__ or ""), ""]
        for member, binding in vars(cls).items():
            if isinstance(binding, Group):
                inner = vars(binding)["_namespace"]
                lines += [f"    {member}: {inner.__name__}", _quoted(inner.__doc__), ""]
            elif isinstance(binding, Binding):
                method: Method = getattr(instance, member)
                if len(binding.forms) == 1:
                    lines += [self.method(method, method.__name__, cls), ""]
                    continue
                own = f"_{name}{member.title().replace('_', '')}"
                before += f"\n\nclass {own}:\n{_quoted(method.__doc__ or '')}\n\n" + "\n\n".join(
                    self.method(getattr(method, form) if form else method, form or "__call__", None)
                    for form in binding.forms
                )
                lines += [f"    {member}: {own}", _quoted(attribute_doc(method, binding)), ""]
        return f"{before}\n\n" + "\n".join(lines).rstrip() + "\n"

    def method(self, method: Method, name: str, owner: type | None) -> str:
        """Return one method with its docstring; *owner* is the class it is defined in, if it is a namespace."""
        signature = inspect.signature(method)
        parameters = "".join(f"        {self.parameter(one, owner)},\n" for one in signature.parameters.values())
        returns = self.annotation(signature.return_annotation, owner)
        form = vars(method)["_form"]
        define = "def" if form.carry_out in ITERATED else "async def"
        head = f"    {define} {name}(\n        self,\n        *,\n{parameters}    ) -> {returns}:\n"
        return head + textwrap.indent(_quoted(method.__doc__ or ""), "    ")

    def parameter(self, one: Parameter, owner: type | None) -> str:
        text = f"{one.name}: {self.annotation(one.annotation, owner)}"
        return text if one.default is Parameter.empty else f"{text} = {one.default!r}"

    def annotation(self, value: Any, owner: type | None = None) -> str:
        """Return a type as source, and record its imports.

        A namespace with a method ``list`` shadows the type of that name, which is then written ``builtins.list``.
        """
        for module, name in names_in(value):
            if module != "builtins":
                self.imported.setdefault(module, set()).add(name)
        return spell(value, "builtins.list" if owner is not None and "list" in vars(owner) else "list")


def namespaces_in_order() -> list[type[Namespace]]:
    """Return every namespace, in the order of the source."""
    return [cls for cls in vars(namespaces).values() if isinstance(cls, type) and cls in Namespace.__subclasses__()]


def attribute_doc(method: Method, binding: Binding) -> str:
    """Return the docstring of an attribute that stands for a method with several forms."""
    parameters = [one.replace(annotation=Parameter.empty) for one in inspect.signature(method).parameters.values()]
    others = [
        f"``.{form}(…)``: {of.summary}".format(kind=operation_name(method))
        for form, of in binding.forms.items()
        if form
    ]
    return "\n\n".join([f"``{method.__name__}{Signature(parameters)}``", method.__doc__ or "", *others])


def operation_name(method: Method) -> str:
    name: str = vars(method)["_operation"].endpoint.name
    return name


def _quoted(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"""', '\\"""')
    end = "\n" if "\n" in text or text.endswith('"') else ""
    return textwrap.indent(f'"""{safe}{end}"""', "    ")


def spell(annotation: Any, list_name: str = "list") -> str:
    """Return a type as the source of an annotation; *list_name* is how ``list`` is written."""
    origin, arms = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arms))}]"
    if origin in (Union, UnionType):
        return " | ".join(spell(arm, list_name) for arm in arms)
    if arms:
        return f"{spell(origin, list_name)}[{', '.join(spell(arm, list_name) for arm in arms)}]"
    if annotation in (None, NoneType):
        return "None"
    if annotation is list:
        return list_name
    name: str = annotation.__name__
    type_parameters = getattr(annotation, "__pydantic_generic_metadata__", {}).get("parameters", ())
    return f"{name}[{', '.join(one.__name__ for one in type_parameters)}]" if type_parameters else name


def names_in(annotation: Any) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of each import that an annotation needs."""
    origin, arms = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        yield "typing", "Literal"
    elif arms:
        if origin not in (Union, UnionType):
            yield from names_in(origin)
        for arm in arms:
            yield from names_in(arm)
    elif isinstance(annotation, TypeVar):
        yield "sixtyfour_async.models.enrichment", annotation.__name__
    elif annotation not in (None, NoneType):
        home = annotation.__module__
        yield "pydantic" if home.startswith("pydantic.") else home, annotation.__name__
        for one in getattr(annotation, "__pydantic_generic_metadata__", {}).get("parameters", ()):
            yield from names_in(one)


def generate() -> str:
    """Return the current text of the stub."""
    return Writer().stub()


if __name__ == "__main__":
    STUB.write_text(generate(), "utf-8")
