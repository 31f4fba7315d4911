"""Slack's Events API: requests signed by Slack, acknowledged once they are stored, answered afterwards."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from smalti.platform.errors import Malformed, NotAllowed, NotSignedIn
from smalti.service.api.access import Anyone, security_of
from smalti.service.api.state import TheService
from smalti.service.chat.answering import answering
from smalti.service.chat.inbox import accept
from smalti.service.chat.integrations import IntegrationView, SlackSetup, all_integrations, secrets_of
from smalti.service.chat.signatures import SLACK, is_signed
from smalti.service.chat.slack import Envelope, incoming
from smalti.service.service import Service

router = APIRouter(tags=["chat"])


class Taken(BaseModel):
    """An event was taken in.

    Attributes:
        challenge: what Slack wants to hear again when it tries the address out; else null.
    """

    ok: bool = True
    challenge: str | None = None


@router.post("/integrations/slack/events", summary="An event of Slack")
async def slack_event(_: Anyone, request: Request, service: TheService) -> Taken:
    """Take in a mention or a direct message, signed with the signing secret of a Slack app set up here.

    The answer comes into the same thread. An event that is told again is answered once; a request that is
    sent again is refused (409), as is one that is forged or more than five minutes old (401).
    """
    body = await request.body()
    return await run_in_threadpool(_taken, request, service, body)


def _taken(request: Request, service: Service, body: bytes) -> Taken:
    store = service.engine.store
    with security_of(request).guess(request):
        view = _signer(request, service, body)
    try:
        told = Envelope.model_validate_json(body)
    except ValidationError:
        raise Malformed("this is no event of Slack", subject=view.integration.name) from None
    if told.type == "url_verification":
        return Taken(challenge=told.challenge)
    setup = view.setup
    assert isinstance(setup, SlackSetup)
    if told.team_id != setup.workspace:
        raise NotAllowed(
            "this workspace is not answered", subject=told.team_id, mend="`smalti chat slack add`"
        )
    message = incoming(setup, told)
    if message is not None and accept(store, view, message, request.headers[SLACK.header]):
        answering(service).soon(service, view.integration_id, message.thread)
    return Taken()


def _signer(request: Request, service: Service, body: bytes) -> IntegrationView:
    """The Slack app that signed a request.

    Raises:
        NotSignedIn: none of those set up here did, within the last minutes.
    """
    store, settings = service.engine.store, service.engine.settings
    for view in all_integrations(store, "slack"):
        secret = secrets_of(store, settings, view).signing
        if is_signed(SLACK, secret, request.headers, body, store.now()):
            return view
    raise NotSignedIn(
        "no Slack app set up here signed this lately", mend="check the signing secret and the clock"
    )
