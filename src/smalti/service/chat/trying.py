"""Whether the other side of an integration knows us, asked without telling anybody anything."""

from __future__ import annotations

import json
from dataclasses import dataclass

from smalti.platform.errors import SmaltiError
from smalti.service.alerts.senders import Outcome, open_sender
from smalti.service.chat import chatwoot, slack
from smalti.service.chat.integrations import (
    ChatwootSetup,
    IntegrationView,
    SlackSetup,
    WidgetSetup,
    secrets_of,
)
from smalti.service.engine import Engine

_NOT_THERE = 404


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try went.

    Attributes:
        works: whether the other side knows us, as far as this tells.
        told: what was found, in words.
    """

    integration_id: str
    works: bool
    told: str


def try_integration(engine: Engine, view: IntegrationView) -> Tried:
    """Ask the other side who we are to it. Of a widget there is nobody to ask: it says which pages may.

    Never raises for what the other side does.
    """
    setup = view.setup
    if isinstance(setup, WidgetSetup):
        return Tried(view.integration_id, True, f"pages of {', '.join(setup.origins)} may ask")
    try:
        outcome = _asked(engine, view, setup)
    except SmaltiError as error:
        outcome = Outcome(sent=False, error=str(error))
    return Tried(view.integration_id, outcome.sent, outcome.error or "the token is known there")


def _asked(engine: Engine, view: IntegrationView, setup: SlackSetup | ChatwootSetup) -> Outcome:
    token = secrets_of(engine.store, engine.settings, view).token
    base = setup.address.rstrip("/")
    with open_sender(engine.settings) as web:
        if isinstance(setup, SlackSetup):
            answer = web.post(
                f"{base}/auth.test", b"{}", content_type="application/json", headers=slack.headers(token)
            )
            outcome = slack.outcome(answer)
            if outcome.sent and (team := json.loads(answer.body).get("team_id")) != setup.workspace:
                return Outcome(sent=False, error=f"the token is of workspace {str(team)[:40]}")
            return outcome
        # A bot's token opens little but conversations; one that cannot be is not there for who is known.
        answer = web.post(
            f"{base}/api/v1/accounts/{setup.account}/conversations/0/messages",
            b'{"content":""}',
            content_type="application/json",
            headers=chatwoot.headers(token),
        )
        if answer.status == _NOT_THERE:
            return Outcome(sent=True, status=answer.status)
        return Outcome(sent=False, status=answer.status, error=f"answered {answer.status}: check the token")
