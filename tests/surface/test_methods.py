"""Signatures and docstrings of the client's methods, at run time and in the stub for type checkers."""

from __future__ import annotations

import ast
import inspect
import pydoc
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sixtyfour_async import AsyncClient, InputError
from sixtyfour_async._client import namespaces
from sixtyfour_async._client.bindings import SUBMIT, Binding, Method, Namespace
from sixtyfour_async.operations import REGISTRY
from sixtyfour_async.operations._parameters import parameter_docs
from tests.surface import stubs

CLIENT = AsyncClient("unused", base_url="http://localhost:1")


def methods(holder: Any, place: str) -> Iterator[tuple[str, Method]]:
    """Yield every method of a client with its dotted name."""
    for name in dir(holder.__class__):
        found = None if name.startswith("_") else getattr(holder, name)
        if isinstance(found, Namespace):
            yield from methods(found, f"{place}.{name}")
        elif isinstance(found, Method):
            yield f"{place}.{name}", found


METHODS = dict(methods(CLIENT, "client"))
FORMS = [
    (f"{place}.{form}" if form else place, getattr(method, form) if form else method)
    for place, method in METHODS.items()
    for form in ("", "submit", "pages", "rows")
    if not form or hasattr(method, form)
]
each_form = pytest.mark.parametrize(("place", "method"), FORMS, ids=[place for place, _ in FORMS])


def test_every_operation_has_one_method() -> None:
    assert len(METHODS) == len(REGISTRY)


@each_form
def test_required_parameters_come_first_and_extra_last(place: str, method: Method) -> None:
    parameters = list(inspect.signature(method).parameters.values())
    required = [one.default is inspect.Parameter.empty for one in parameters]

    assert required == sorted(required, reverse=True), place
    assert parameters[-1].name == "extra"
    assert {one.kind for one in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    assert {one.name for one in parameters} == set(operation_of(method).model_fields)


@each_form
def test_the_docstring_describes_the_operation_and_every_parameter(place: str, method: Method) -> None:
    rendered = re.sub(".\b", "", pydoc.render_doc(method))  # pydoc overstrikes bold letters
    description, _, parameters = (inspect.getdoc(method) or "").partition("\nArgs:\n")
    operation_doc = inspect.getdoc(operation_of(method)) or ""

    assert operation_doc
    assert operation_doc in description
    name = place.rpartition(".")[2]
    assert re.search(rf"\b{name}\(\s*\*,", rendered)  # from Python 3.13 on, a long signature has a line per parameter
    for parameter, text in parameter_docs(operation_of(method)).items():
        assert text.endswith((".", "…", "?")), parameter
        assert f"    {parameter}: {text.split()[0]}" in parameters


def test_an_operations_own_parameters_come_before_shared_ones() -> None:
    assert list(inspect.signature(CLIENT.people.find_email).parameters) == [
        "lead",
        "mode",
        "verify_emails",
        "providers",
        "webhook_url",
        "extra",
    ]


def operation_of(method: Method) -> Any:
    return vars(method)["_operation"]


# --- the stub -----------------------------------------------------------------------------------------------------


def test_the_stub_is_up_to_date() -> None:
    """`python -m tests.surface.stubs` regenerates it."""
    assert stubs.STUB.read_text("utf-8") == stubs.generate()


CLASSES = {node.name: node for node in ast.parse(stubs.STUB.read_text("utf-8")).body if isinstance(node, ast.ClassDef)}


def declared(place: str) -> ast.AsyncFunctionDef | ast.FunctionDef:
    """Return the stub's function for a method, resolved as a type checker would."""
    _, *path = place.split(".")
    members = members_of("Namespaces")
    for name in [*path, "__call__"]:
        found = members[name]
        if isinstance(found, ast.AsyncFunctionDef | ast.FunctionDef):
            return found
        assert isinstance(found, ast.AnnAssign)
        members = members_of(ast.unparse(found.annotation))
    raise AssertionError(place)


def members_of(name: str) -> dict[str, ast.stmt]:
    return {
        getattr(node, "name", None) or ast.unparse(getattr(node, "target", node)): node for node in CLASSES[name].body
    }


@each_form
def test_the_stub_has_the_signature_and_docstring_of_run_time(place: str, method: Method) -> None:
    found, signature = declared(place), inspect.signature(method)
    parameters = {
        arg.arg: (ast.unparse(arg.annotation or arg), default and ast.literal_eval(default))
        for arg, default in zip(found.args.kwonlyargs, found.args.kw_defaults, strict=True)
    }
    required = {
        arg.arg for arg, default in zip(found.args.kwonlyargs, found.args.kw_defaults, strict=True) if not default
    }

    assert [arg.arg for arg in found.args.args] == ["self"]
    assert list(parameters) == list(signature.parameters)
    assert {name: normalized(text) for name, (text, _) in parameters.items()} == {
        name: normalized(stubs.spell(one.annotation)) for name, one in signature.parameters.items()
    }
    assert required == {name for name, one in signature.parameters.items() if one.default is inspect.Parameter.empty}
    assert {name: default for name, (_, default) in parameters.items() if name not in required} == {
        name: one.default for name, one in signature.parameters.items() if name not in required
    }
    assert normalized(ast.unparse(found.returns or found)) == normalized(stubs.spell(signature.return_annotation))
    assert ast.get_docstring(found) == inspect.getdoc(method)


def normalized(annotation: str) -> str:
    return ast.unparse(ast.parse(annotation.replace("builtins.", "")))


# --- names --------------------------------------------------------------------------------------------------------

NAMED_BY_VERB = {"client.workflows.run", "client.search.exclusion_lists.create"}


def test_a_method_that_only_starts_a_job_is_named_and_documented_so() -> None:
    starting = {place for place, method in METHODS.items() if vars(method)["_form"] is SUBMIT}
    named = {place for place in METHODS if place.rpartition(".")[2].startswith("start_")}

    assert starting == named | NAMED_BY_VERB
    for place in starting:
        assert (METHODS[place].__doc__ or "").startswith("Start a job ")
        assert stubs.spell(inspect.signature(METHODS[place]).return_annotation).startswith("Job[")


def test_stored_resources_share_the_same_verbs() -> None:
    for holder in (
        CLIENT.workflows,
        CLIENT.workflows.rest,
        CLIENT.schedules,
        CLIENT.search.exclusion_lists,
        CLIENT.oauth.clients,
    ):
        names = {name for name, binding in vars(type(holder)).items() if isinstance(binding, Binding)}

        assert {"create", "delete"} <= names
        assert not {name for name in names if name.startswith(("create_", "update_", "post", "patch", "remove"))}


def test_every_binding_is_in_the_stub() -> None:
    for cls in Namespace.__subclasses__():
        assert {name for name in vars(cls) if not name.startswith("_")} == set(members_of(cls.__name__)) - {
            name for name in members_of(cls.__name__) if name.startswith(("'", '"'))
        }
    assert namespaces.__doc__


# --- calling ------------------------------------------------------------------------------------------------------


def test_a_misspelt_parameter_raises_and_suggests_the_nearest_name() -> None:
    people: Any = CLIENT.people

    for call in (people.find_email, people.find_email.submit):
        with pytest.raises(InputError, match="unknown parameter 'leed'; did you mean 'lead'") as caught:
            call(leed={"name": "Ada"})
        assert caught.value.field == "leed"


def test_a_positional_argument_raises_with_the_name_of_the_method() -> None:
    people: Any = CLIENT.people

    with pytest.raises(TypeError, match=r"find_email\(\) takes keyword arguments only"):
        people.find_email({"name": "Ada"})
