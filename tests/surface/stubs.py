"""The stub of the client's methods, made from what they say of themselves at run time.

``python -m tests.surface.stubs`` writes ``sixtyfour_async/_client/namespaces.pyi``. An operation with one form is an
ordinary method in it, which every editor shows well. One with several forms is an attribute whose class has a
``__call__`` and a method for each other form; its documentation begins with the call, because editors show the class of
an attribute and not what it is called with.
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
"""What the methods of a client look like to a type checker and an editor; `namespaces.py` binds them."""

import builtins
{imports}
'''


class Writer:
    """Writes the stub, and remembers what it has to import."""

    def __init__(self) -> None:
        self.client = AsyncClient("unused", base_url="http://localhost:1")
        self.imported: dict[str, set[str]] = {"sixtyfour_async._client.bindings": {"Namespace"}}

    def stub(self) -> str:
        """The whole text."""
        body = "".join(self.namespace(found) for found in namespaces_in_order())
        imports = "\n".join(
            f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self.imported.items())
        )
        return HEAD.format(imports=imports) + body + self.class_of_all()

    def class_of_all(self) -> str:
        return self.class_text("Namespaces", namespaces.Namespaces, "", namespaces.Namespaces)

    def namespace(self, cls: type[Namespace]) -> str:
        return self.class_text(cls.__name__, cls, "(Namespace)", cls(self.client))

    def class_text(self, name: str, cls: type, bases: str, instance: Any) -> str:
        """One namespace, after the classes of those of its methods that have several forms."""
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
        """One method with its documentation; a type that the owner has a method of the same name as is spelt out."""
        signature = inspect.signature(method)
        parameters = "".join(f"        {self.parameter(one, owner)},\n" for one in signature.parameters.values())
        returns = self.spelt(signature.return_annotation, owner)
        form = vars(method)["_form"]
        define = "def" if form.carry_out in ITERATED else "async def"
        head = f"    {define} {name}(\n        self,\n        *,\n{parameters}    ) -> {returns}:\n"
        return head + textwrap.indent(_quoted(method.__doc__ or ""), "    ")

    def parameter(self, one: Parameter, owner: type | None) -> str:
        text = f"{one.name}: {self.spelt(one.annotation, owner)}"
        return text if one.default is Parameter.empty else f"{text} = {one.default!r}"

    def spelt(self, annotation: Any, owner: type | None = None) -> str:
        """Write a type, and remember where its names are imported from."""
        for module, name in names_in(annotation):
            if module != "builtins":
                self.imported.setdefault(module, set()).add(name)
        return spell(annotation, "builtins.list" if owner is not None and "list" in vars(owner) else "list")


def namespaces_in_order() -> list[type[Namespace]]:
    """Every namespace, in the order of the source."""
    return [cls for cls in vars(namespaces).values() if isinstance(cls, type) and cls in Namespace.__subclasses__()]


def attribute_doc(method: Method, binding: Binding) -> str:
    """The documentation of a method with several forms, where it stands as an attribute."""
    shown = [one.replace(annotation=Parameter.empty) for one in inspect.signature(method).parameters.values()]
    others = [
        f"``.{form}(…)``: {of.summary}".format(kind=kind_of(method)) for form, of in binding.forms.items() if form
    ]
    return "\n\n".join([f"``{method.__name__}{Signature(shown)}``", method.__doc__ or "", *others])


def kind_of(method: Method) -> str:
    name: str = vars(method)["_operation"].endpoint.name
    return name


def _quoted(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"""', '\\"""')
    end = "\n" if "\n" in text or text.endswith('"') else ""
    return textwrap.indent(f'"""{safe}{end}"""', "    ")


def spell(annotation: Any, a_list: str = "list") -> str:
    """Write a type as an annotation."""
    origin, arms = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arms))}]"
    if origin in (Union, UnionType):
        return " | ".join(spell(arm, a_list) for arm in arms)
    if arms:
        return f"{spell(origin, a_list)}[{', '.join(spell(arm, a_list) for arm in arms)}]"
    if annotation in (None, NoneType):
        return "None"
    if annotation is list:
        return a_list
    name: str = annotation.__name__
    open_ones = getattr(annotation, "__pydantic_generic_metadata__", {}).get("parameters", ())
    return f"{name}[{', '.join(one.__name__ for one in open_ones)}]" if open_ones else name


def names_in(annotation: Any) -> Iterator[tuple[str, str]]:
    """The modules and names that a written type needs."""
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


def made() -> str:
    """The stub as it should be."""
    return Writer().stub()


if __name__ == "__main__":
    STUB.write_text(made(), "utf-8")
