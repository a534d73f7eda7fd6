"""Receive webhooks: the service delivers an answer instead of being polled for it.

With a `JobRunner` there is nothing to write: it takes ``webhook_url``, and ``runner.webhooks()`` is a receiver that
hands each answer to the call that waits for it; ``guide/examples/fastapi_app.py`` is a whole application. The rest is
for other programs.

`WebhookReceiver` is an ASGI application, for FastAPI, Starlette and whatever else speaks ASGI::

    receiver = WebhookReceiver(keep, secrets="sk_whsec_…")      # or SIXTYFOUR_WEBHOOK_SECRET
    receiver.mount_on(app, "/sixtyfour")                        # webhook_url="https://example.com/sixtyfour"

Everywhere else use its parts, which are pure functions: `verify`, `parse`, both in `verify_and_parse`, and
`sign_test_payload` for your own tests. They need the *raw body*: the bytes as they arrived. Answer 2xx within 10
seconds, and only once the event is kept; anything else makes the service send it again, up to five times. Deliveries
come at least once and in any order, so keep events by `job_id`. Below, ``SECRETS`` is the signing secret, or a list of
two while it is rolled, and ``keep(event)`` stores an event durably.

Flask::

    @app.post("/sixtyfour")
    def sixtyfour():
        try:
            event = webhooks.verify_and_parse(request.get_data(), request.headers, SECRETS)
        except WebhookError:
            return "", 401
        keep(event)
        return "", 204

Django::

    @csrf_exempt
    @require_POST
    def sixtyfour(request):
        try:
            event = webhooks.verify_and_parse(request.body, request.headers, SECRETS)
        except WebhookError:
            return HttpResponse(status=401)
        keep(event)
        return HttpResponse(status=204)

AWS Lambda, behind a function URL or an API Gateway::

    def lambda_handler(request, context):
        text = request["body"] or ""
        raw_body = base64.b64decode(text) if request["isBase64Encoded"] else text.encode()
        try:
            event = webhooks.verify_and_parse(raw_body, request["headers"], SECRETS)
        except WebhookError:
            return {"statusCode": 401}
        keep(event)
        return {"statusCode": 204}

A queue: verify at the door, where the time of the signature is fresh, and parse when the message is taken::

    def receive(raw_body, headers):
        webhooks.verify(raw_body, headers, SECRETS)
        queue.put((raw_body, dict(headers)))


    def work():
        raw_body, headers = queue.get()
        keep(webhooks.parse(raw_body, headers))

Source: docs.sixtyfour.ai, guides/using-webhooks.
"""

from sixtyfour_async._wire.signatures import SIGNATURE_HEADER, TOLERANCE_SECONDS
from sixtyfour_async.webhooks.events import (
    ATTEMPT_HEADER,
    EVENT_ID_HEADER,
    EVENT_TYPE_HEADER,
    JobEvent,
    WebhookEvent,
    WorkflowEvent,
    parse,
)
from sixtyfour_async.webhooks.receiver import WebhookReceiver
from sixtyfour_async.webhooks.secret_source import ENVIRONMENT_VARIABLE
from sixtyfour_async.webhooks.verification import sign_test_payload, verify, verify_and_parse

__all__ = [
    "ATTEMPT_HEADER",
    "ENVIRONMENT_VARIABLE",
    "EVENT_ID_HEADER",
    "EVENT_TYPE_HEADER",
    "SIGNATURE_HEADER",
    "TOLERANCE_SECONDS",
    "JobEvent",
    "WebhookEvent",
    "WebhookReceiver",
    "WorkflowEvent",
    "parse",
    "sign_test_payload",
    "verify",
    "verify_and_parse",
]
