"""External accounts that users connect in the dashboard: Google Sheets and Slack.

Source of the shapes: docs.sixtyfour.ai and the public OpenAPI file. Any code or token is accepted.
"""

from __future__ import annotations

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.service import Service

_GOOGLE, _SLACK = "google", "slack_link"
_CONNECT = (Field("code", "string", required=True), Field("redirect_uri", "string", required=True))
_CONFIRM = (Field("token", "string", required=True),)
_TOKEN_SECONDS = 3599


def sheets_status(service: Service, _: Call) -> Reply:
    """Handle ``GET /google/sheets/status``."""
    account = service.records.get(_GOOGLE, "")
    return Reply({"connected": account is not None, "google_sub": account["google_sub"] if account else None})


def connect_sheets(service: Service, call: Call) -> Reply:
    """Handle ``POST /google/sheets/connect``."""
    call.body(_CONNECT)
    service.records.put(_GOOGLE, "", {"google_sub": service.records.new_id(_GOOGLE)}, call.now)
    return sheets_status(service, call)


def disconnect_sheets(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /google/sheets/connect``."""
    service.records.delete(_GOOGLE, "", call.now)
    return Reply(status=204)


def sheets_token(service: Service, _: Call) -> Reply:
    """Handle ``POST /google/sheets/access-token``."""
    account = service.records.get(_GOOGLE, "")
    if account is None:
        raise error_response(400, "Google Sheets is not connected")
    return Reply({"access_token": f"sim-google-{account['google_sub']}", "expires_in": _TOKEN_SECONDS})


def confirm_slack(service: Service, call: Call) -> Reply:
    """Handle ``POST /me/slack-links/confirm``."""
    token = call.body(_CONFIRM)["token"]
    link = {"slack_team_id": "T0SIMULATED", "slack_user_id": f"U{token[-8:].upper()}", "created_at": iso(call.now)}
    service.records.put(_SLACK, f"{link['slack_team_id']}/{link['slack_user_id']}", link, call.now)
    return Reply({"success": True, "link": link})


def slack_links(service: Service, _: Call) -> Reply:
    """Handle ``GET /me/slack-links``."""
    return Reply(service.records.all(_SLACK))


def unlink_slack(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /me/slack-links/{slack_team_id}/{slack_user_id}``."""
    if not service.records.delete(_SLACK, f"{call.params['slack_team_id']}/{call.params['slack_user_id']}", call.now):
        raise error_response(404, "Slack link not found")
    return Reply({"success": True})
