"""What a user sees: names, signatures, what an import costs, and that the key is not among it."""

from __future__ import annotations

import ast
import inspect
import json
import pydoc
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sixtyfour_async
from sixtyfour_async import AsyncClient, errors, models, operations
from sixtyfour_async._client.bindings import Namespace
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._runner import outcomes
from sixtyfour_async.errors import ConfigurationError, SixtyfourError
from sixtyfour_async.operations import REGISTRY, FindEmail, GetJobStatus, PeopleIntelligence, Request

KEY = "sk-secret-of-ours"


ALIASES = {"Status", "State", "Tally", "JobHappening", "RunnerEvent", "ServiceChange"}
"""Public names of types that have no name of their own."""


def client() -> AsyncClient:
    return AsyncClient(KEY, base_url="http://localhost:1")


def in_the_order_of_ruff(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def typed_names(package: ModuleType) -> dict[str, str]:
    """Name → module, as type checkers read them in a package whose names are imported when they are asked for."""
    source = ast.parse(Path(package.__file__ or "").read_text("utf-8"))
    blocks = [
        block for block in source.body if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
    ]
    lines = [line for block in blocks for line in block.body if isinstance(line, ast.ImportFrom)]
    return {alias.name: line.module or "" for line in lines for alias in line.names}


def test_the_public_names_are_listed_in_order_and_completely() -> None:
    public = typed_names(sixtyfour_async).keys()

    assert sixtyfour_async.__all__ == sorted(public, key=in_the_order_of_ruff)
    assert set(dir(sixtyfour_async)) > public
    assert getattr(sixtyfour_async, "Status") == outcomes.Status  # noqa: B009 (by name, as the rest)
    for name in public - {"REGISTRY", "CRASHED", *ALIASES}:
        assert getattr(sixtyfour_async, name).__name__ == name


@pytest.mark.parametrize("package", [sixtyfour_async, operations, models], ids=lambda package: package.__name__)
def test_a_name_is_imported_from_where_type_checkers_find_it(package: ModuleType) -> None:
    homes = import_module(f"{package.__name__}._homes").HOMES
    typed = typed_names(package)

    assert {name: f"{package.__name__}.{home}" for name, home in homes.items()} == typed
    assert set(package.__all__) == set(typed)
    assert {name for name in typed if not hasattr(package, name)} == set()
    assert set(dir(package)) >= typed.keys()
    with pytest.raises(AttributeError, match="nonsense"):
        _ = package.nonsense


def test_every_error_is_public() -> None:
    tree = {name for name, cls in vars(errors).items() if inspect.isclass(cls) and issubclass(cls, SixtyfourError)}

    assert tree <= set(sixtyfour_async.__all__)


def test_the_version_is_known_and_other_names_are_not() -> None:
    assert sixtyfour_async.__version__
    with pytest.raises(AttributeError, match="nonsense"):
        _ = sixtyfour_async.nonsense


def printed_by(program: str) -> Any:
    """What a fresh interpreter prints as JSON."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_package_needs_no_extra() -> None:
    """httpx looks for click and rich by itself, so that they are made impossible to import instead."""
    modules = printed_by(
        "import json, sys\n"
        "for extra in ('click', 'rich', 'starlette', 'uvicorn', 'trio'): sys.modules[extra] = None\n"
        "from sixtyfour_async import AsyncClient, JobRunner\n"
        "print(json.dumps([name for name, module in sys.modules.items() if module is not None]))"
    )

    assert "sixtyfour_async._client.client" in modules
    assert [name for name in modules if name.startswith(("sixtyfour_async.simulator", "sixtyfour_async.cli"))] == []


def test_what_is_not_asked_for_is_not_imported() -> None:
    """The command line and the simulator's process start in a moment."""
    modules = printed_by(
        "import json, sys\n"
        "import sixtyfour_async.cli.commands, sixtyfour_async.simulator\n"
        "from sixtyfour_async import SixtyfourError\n"
        "assert sixtyfour_async.errors.SixtyfourError is SixtyfourError\n"
        "print(json.dumps(list(sys.modules)))"
    )

    assert {"httpx", "pydantic", "sixtyfour_async._client.client"}.isdisjoint(modules)


ONE_CALL = """
import anyio, httpx, json, sys
before = set(sys.modules)
from sixtyfour_async import AsyncClient

async def main():
    found = {"email": [["a@x.example", "OK", "COMPANY"]]}
    service = httpx.MockTransport(lambda request: httpx.Response(200, json=found))
    async with httpx.AsyncClient(transport=service) as http, AsyncClient("key", http_client=http) as client:
        return await client.people.find_email(lead={"name": "Ada", "company": "Acme"})

assert anyio.run(main).email[0].address == "a@x.example"
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_one_call_imports_what_it_uses() -> None:
    modules = printed_by(ONE_CALL)
    ours = [name.removeprefix("sixtyfour_async.") for name in modules if name.startswith("sixtyfour_async.")]

    assert {"sqlite3", "psycopg", "pyarrow", "stamina"}.isdisjoint(modules)
    assert [name for name in ours if name.startswith(("_journal", "_runner", "tables", "webhooks", "cli"))] == []
    assert {name for name in ours if name.startswith("operations.") and "._" not in name} == {"operations.finders"}
    assert [name for name in ours if name.startswith(("models.structs", "models.workflows", "models.jobs"))] == []
    assert {"_client.uploads", "_wire.multipart", "operations._files", "_scheduling.retry"}.isdisjoint(ours)


def test_the_registry_is_complete_before_any_operation_is_imported() -> None:
    names, by_name = printed_by(
        "import json\n"
        "from sixtyfour_async.operations._base import make_operation\n"
        "found = make_operation('job-status', job_id='x').payload()\n"
        "from sixtyfour_async import REGISTRY\n"
        "print(json.dumps([list(REGISTRY), found]))"
    )

    assert set(names) == set(REGISTRY)
    assert by_name == {"job_id": "x"}


def test_a_method_has_its_signature_before_it_is_first_used() -> None:
    names = printed_by(
        "import inspect, json\n"
        "from sixtyfour_async import AsyncClient\n"
        "method = AsyncClient('key', base_url='http://localhost:1').people.find_email\n"
        "print(json.dumps(list(inspect.signature(method).parameters)))"
    )

    assert set(names) == set(FindEmail.model_fields)


# --- signatures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "operation"),
    [
        (lambda: client().people.find_email, FindEmail),
        (lambda: client().people.intelligence, PeopleIntelligence),
        (lambda: client().jobs.status, GetJobStatus),
    ],
)
def test_a_method_has_the_parameters_of_its_operation(bound: Any, operation: type[Request]) -> None:
    operation.model_rebuild()
    parameters = inspect.signature(bound()).parameters

    assert list(parameters) == list(inspect.signature(operation).parameters)
    assert set(parameters) == set(operation.model_fields)
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in parameters.values())


def test_required_parameters_are_required_and_others_have_defaults() -> None:
    FindEmail.model_rebuild()
    parameters = inspect.signature(client().people.find_email).parameters

    assert parameters["lead"].default is inspect.Parameter.empty
    assert parameters["mode"].default is None
    assert "PERSONAL" in str(parameters["mode"])


def test_help_tells_what_the_operation_tells() -> None:
    method = client().people.find_email

    assert (method.__doc__ or "").startswith(inspect.getdoc(FindEmail) or "nothing")
    assert "Find one person's email address" in pydoc.render_doc(FindEmail)
    assert "FindEmail" in repr(method)


def offered_by(holder: object) -> Iterator[type]:
    """The namespaces that can be reached from a client or a namespace, at any depth."""
    for name in dir(type(holder)):
        found = None if name.startswith("_") else getattr(holder, name)
        if isinstance(found, Namespace):
            yield type(found)
            yield from offered_by(found)


def test_every_namespace_is_reached_from_the_client_in_one_way() -> None:
    offered = list(offered_by(client()))

    assert set(offered) == set(Namespace.__subclasses__())
    assert len(offered) == len(set(offered))
    assert all(namespace.__doc__ for namespace in offered)


# --- the key ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
def test_the_key_is_in_no_text_about_the_client(scheme: Any) -> None:
    one = AsyncClient(KEY, base_url="http://localhost:1", auth_scheme=scheme)

    pipeline = pipeline_of(one)
    inner = (pipeline, pipeline.transport, pipeline.sender, pipeline.budget, pipeline.clock)
    for shown in (one, one.people, one.people.find_email, one.jobs.status, *inner):
        assert KEY not in repr(shown)
        assert KEY not in str(shown)
    assert repr(one) == "AsyncClient(base_url='http://localhost:1')"


@pytest.mark.parametrize("key", [KEY + "\n" + KEY, KEY + "é", "two " + KEY])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        AsyncClient(key)

    assert KEY not in str(refused.value)
    assert KEY not in repr(refused.value)


def test_a_client_without_a_key_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIXTYFOUR_API_KEY", raising=False)

    with pytest.raises(ConfigurationError, match="SIXTYFOUR_API_KEY"):
        AsyncClient()


def test_blanks_around_a_key_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXTYFOUR_API_KEY", f"  {KEY}\n")

    assert repr(AsyncClient(base_url="http://localhost:1"))


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "https://", ""])
def test_a_base_url_that_is_none_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXTYFOUR_API_ENDPOINT", "nowhere")

    with pytest.raises(ConfigurationError, match="base_url"):
        AsyncClient(KEY, base_url=url)


@pytest.mark.parametrize("limit", [-1, 0, 2])
def test_a_limit_that_cannot_be_kept_is_refused_by_its_name(limit: int) -> None:
    with pytest.raises(ConfigurationError, match="requests_per_minute"):
        AsyncClient(KEY, requests_per_minute=limit)
