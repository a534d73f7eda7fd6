"""Operations of the dashboard: interactive workflow runs, Slack links and Google Sheets.

Answers are JSON of unpublished shape, and routes may change without notice; none of this is needed to use the service.
Source of all: the vendor's specification, for Google Sheets, and its older specification, for the rest; field meanings
are inferred from names.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, JsonValue

from sixtyfour_async.models import LiveStatus, Workflow
from sixtyfour_async.operations._base import Operation
from sixtyfour_async.operations._fields import FreeObject
from sixtyfour_async.operations._json_types import JsonObject
from sixtyfour_async.operations._unpublished import Unpublished

# --- interactive workflows ----------------------------------------------------------------------------------------


class _Interactive(Unpublished):
    job_id: str
    """Id of the interactive run, as `StartInteractive` returned it."""


class StartInteractive(
    Unpublished, Operation[FreeObject], name="interactive-start", http="POST /workflows/interactive/start"
):
    """Start an interactive workflow run with its first block; returns ``job_id`` and ``status``.

    Source: the vendor's older specification.
    """

    block_name: str
    """Registered name of the block to run, such as ``webhook``."""
    specs: JsonObject
    """Settings of the block, by the schema that `ListBlocks` returns."""
    webhook_payload: JsonValue = None
    """Input rows for a ``webhook`` block: a list of objects, or one object."""
    save_json: bool | None = None
    """Whether to save the results as JSON too."""
    result_formats: Sequence[str] | None = None
    """Formats in which to save the results, such as ``csv``."""
    cache_config: JsonValue = None
    """Undocumented; passed through."""


class AddInteractiveBlock(
    _Interactive,
    Operation[FreeObject],
    name="interactive-add-block",
    http="POST /workflows/interactive/{job_id}/add-block",
):
    """Add a block to an interactive run and run it; returns ``accepted``, ``block_id`` and ``error``.

    Source: the vendor's older specification.
    """

    block_name: str
    """Registered name of the block to run, such as ``webhook``."""
    specs: JsonObject
    """Settings of the block, by the schema that `ListBlocks` returns."""
    parent_block_id: str
    """Id of the block whose output the new one takes; `GetInteractiveState` lists the blocks of the run."""


class FinishInteractive(
    _Interactive, Operation[FreeObject], name="interactive-finish", http="POST /workflows/interactive/{job_id}/finish"
):
    """Finish an interactive run.

    Source: the vendor's older specification.
    """


class GetInteractiveState(
    _Interactive, Operation[LiveStatus], name="interactive-state", http="GET /workflows/interactive/{job_id}/state"
):
    """Return the status of an interactive run and its blocks.

    Source: the vendor's older specification.
    """


class GetInteractiveOutput(
    _Interactive, Operation[FreeObject], name="interactive-output", http="GET /workflows/interactive/{job_id}/output"
):
    """Return a handle to the output of one block, with its row count.

    Source: the vendor's older specification.
    """

    block_id: str
    """Id of the block."""


class SaveInteractive(
    _Interactive, Operation[Workflow], name="interactive-save", http="POST /workflows/interactive/{job_id}/save"
):
    """Save the blocks of an interactive run as a workflow and return it.

    Source: the vendor's older specification.
    """

    block_id: str
    """Id of the last block to save."""
    workflow_name: str
    """Name of the new workflow."""
    workflow_description: str | None = None
    """Description of the new workflow; the service's default is empty."""


# --- Slack links and Google Sheets ----------------------------------------------------------------------------------


class ConfirmSlackLink(
    Unpublished, Operation[FreeObject], name="slack-link-confirm", http="POST /me/slack-links/confirm"
):
    """Confirm a link between this account and a Slack user.

    Source: the vendor's older specification.
    """

    token: str = Field(repr=False)
    """The token that the Slack bot showed."""


class ListSlackLinks(Unpublished, Operation[JsonValue], name="slack-links", http="GET /me/slack-links"):
    """List the Slack users linked to this account.

    Source: the vendor's older specification.
    """


class DeleteSlackLink(
    Unpublished,
    Operation[JsonValue],
    name="slack-link-delete",
    http="DELETE /me/slack-links/{slack_team_id}/{slack_user_id}",
    retry_safe="always",
):
    """Remove the link to a Slack user.

    Source: the vendor's older specification.
    """

    slack_team_id: str
    """Id of the Slack workspace."""
    slack_user_id: str
    """Id of the Slack user."""


class GetSheetsStatus(
    Unpublished,
    Operation[FreeObject],
    name="google-sheets-status",
    http="GET /google/sheets/status",
    standing="published",
):
    """Return whether a Google account is connected.

    Source: the vendor's specification, google-sheets.
    """


class ConnectSheets(
    Unpublished,
    Operation[JsonValue],
    name="google-sheets-connect",
    http="POST /google/sheets/connect",
    standing="published",
):
    """Connect a Google account.

    Source: the vendor's specification, google-sheets.
    """

    code: str = Field(repr=False)
    """The authorization code that Google returned; it works once."""
    redirect_uri: str
    """The redirect URI for which the code was issued."""


class DisconnectSheets(
    Unpublished,
    Operation[JsonValue],
    name="google-sheets-disconnect",
    http="DELETE /google/sheets/connect",
    standing="published",
    retry_safe="always",
):
    """Disconnect the Google account.

    Source: the vendor's specification, google-sheets.
    """


class GetSheetsToken(
    Unpublished,
    Operation[FreeObject],
    name="google-sheets-token",
    http="POST /google/sheets/access-token",
    standing="published",
    retry_safe="always",
):
    """Return an access token for the connected Google account, with its lifetime in seconds.

    Source: the vendor's specification, google-sheets.
    """
