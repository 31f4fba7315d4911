"""Chatwoot's agent bots: events signed by Chatwoot, acknowledged once stored, answered afterwards."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from smalti.platform.errors import Malformed, NotFound, NotSignedIn
from smalti.service.api.access import Anyone, security_of
from smalti.service.api.routes.slack import Taken
from smalti.service.api.state import TheService
from smalti.service.api.values import Id
from smalti.service.chat.answering import answering
from smalti.service.chat.chatwoot import Event, incoming
from smalti.service.chat.inbox import accept
from smalti.service.chat.integrations import ChatwootSetup, find_integration, secrets_of
from smalti.service.chat.signatures import CHATWOOT, is_signed
from smalti.service.service import Service

router = APIRouter(tags=["chat"])

_WRONG = "this bot's Chatwoot did not sign this lately"
_MEND = "check the bot's webhook secret and the clock; Chatwoot signs for bots since 4.13"


@router.post("/integrations/chatwoot/{integration}/events", summary="An event of a Chatwoot agent bot")
async def chatwoot_event(_: Anyone, integration: Id, request: Request, service: TheService) -> Taken:
    """Take in what a customer wrote, signed with the webhook secret of the agent bot set up under this id.

    The answer comes into the same conversation, which is handed to a person where one has to take over. A
    message that is told again is answered once; a request that is sent again is refused (409), as is one
    that is forged or more than five minutes old (401).
    """
    body = await request.body()
    return await run_in_threadpool(_taken, request, service, integration, body)


def _taken(request: Request, service: Service, integration: str, body: bytes) -> Taken:
    store, settings = service.engine.store, service.engine.settings
    with security_of(request).guess(request):
        try:
            view = find_integration(store, integration, "chatwoot")
        except NotFound:  # which ids there are is nobody's business
            raise NotSignedIn(_WRONG, mend=_MEND) from None
        secret = secrets_of(store, settings, view).signing
        if not is_signed(CHATWOOT, secret, request.headers, body, store.now()):
            raise NotSignedIn(_WRONG, mend=_MEND)
    try:
        told = Event.model_validate_json(body)
    except ValidationError:
        raise Malformed("this is no event of Chatwoot", subject=view.integration.name) from None
    setup = view.setup
    assert isinstance(setup, ChatwootSetup)
    message = incoming(setup, told)
    if message is not None and accept(store, view, message, request.headers[CHATWOOT.header]):
        answering(service).soon(service, view.integration_id, message.thread)
    return Taken()
