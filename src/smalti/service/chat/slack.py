"""Slack: events in, messages out (docs.slack.dev, Events API and chat.postMessage)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from smalti.assistant.records import Answer, Audience, Citation, Status
from smalti.platform.web import Answer as WebAnswer
from smalti.service.alerts.senders import Outcome
from smalti.service.chat.integrations import SlackSetup
from smalti.service.chat.records import Call, Incoming
from smalti.service.chat.wording import EXCUSE, spoken

_FOR_GOOD = {
    *("account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired", "missing_scope"),
    *("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_text"),
}
"""Errors that another try does not mend."""
_SENT = re.compile(r"<(?P<what>[@#!]?)(?P<to>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
"""How Slack writes mentions, channels and links in a text."""

_Id = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9.]*$")]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Event(_Told):
    """What happened; of messages only what is needed."""

    type: Annotated[str, Field(max_length=60)] = ""
    subtype: Annotated[str, Field(max_length=60)] = ""
    bot_id: Annotated[str, Field(max_length=40)] = ""
    user: _Id = ""
    text: Annotated[str, Field(max_length=40_000)] = ""
    channel: _Id = ""
    channel_type: Annotated[str, Field(max_length=20)] = ""
    ts: _Id = ""
    thread_ts: _Id = ""
    files: Sequence[Any] = ()


class Authorization(_Told):
    """For which of the app's users an event is."""

    user_id: _Id | None = None


class Envelope(_Told):
    """One request of the Events API."""

    type: Annotated[str, Field(max_length=60)] = ""
    challenge: Annotated[str, Field(max_length=500)] = ""
    team_id: _Id = ""
    event_id: _Id = ""
    is_ext_shared_channel: bool = False
    event: Event = Event()
    authorizations: Sequence[Authorization] = ()


def incoming(setup: SlackSetup, told: Envelope) -> Incoming | None:
    """The question in an event; None where there is none for us: of bots, edits, other channels' talk."""
    event = told.event
    asked = event.type == "app_mention" or (event.type == "message" and event.channel_type == "im")
    ours = {one.user_id for one in told.authorizations}
    if not asked or event.bot_id or not event.user or event.user in ours:
        return None
    if event.subtype not in {"", "file_share"} or not (told.event_id and event.channel and event.ts):
        return None
    # In a channel each question begins a thread; a direct message goes on where it is.
    thread = event.thread_ts or (event.ts if event.type == "app_mention" else "")
    analyst = event.channel in setup.analysts and not told.is_ext_shared_channel
    return Incoming(
        event=told.event_id,
        thread=f"{event.channel}/{thread}",
        text=_plain(event.text, ours),
        audience=Audience.ANALYST if analyst else Audience.CUSTOMER,
        to={"channel": event.channel, **({"thread_ts": thread} if thread else {})},
        has_files=bool(event.files),
    )


def calls(setup: SlackSetup, to: Mapping[str, Any], answer: Answer, page: str) -> list[Call]:
    """The message that answers; where a person has to take over, it calls them.

    Args:
        setup: of the workspace.
        to: where it goes.
        answer: to be told.
        page: address of the evidence page for whoever may open it; else empty.
    """

    def linked(one: Citation) -> str:
        return f"<{page}{one.evidence_id}|［{one.mark}］>"

    text = spoken(answer, linked if page else None)
    return _post(to, text + (_called(setup) if answer.status is Status.HANDED_OVER else ""))


def excuse(setup: SlackSetup, to: Mapping[str, Any], text: str = EXCUSE) -> list[Call]:
    """What is said where no answer can be made."""
    return _post(to, text + _called(setup))


def headers(token: str) -> Mapping[str, str]:
    """How Slack knows us."""
    return {"authorization": f"Bearer {token}"}


def outcome(answer: WebAnswer) -> Outcome:
    """What became of a call: Slack says most of what went wrong with status 200."""
    if answer.status != 200:
        wait = answer.headers.get("retry-after", "")
        seconds = float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 9 else None
        return Outcome(sent=False, status=answer.status, error=f"answered {answer.status}", wait=seconds)
    try:
        told = json.loads(answer.body)
        ok, error = told["ok"] is True, str(told.get("error", "no reason"))[:100]
    except (ValueError, TypeError, KeyError):
        return Outcome(sent=False, status=200, error="answered with something else than Slack does")
    return Outcome(ok, 200, None if ok else error, final=not ok and error in _FOR_GOOD)


def _post(to: Mapping[str, Any], text: str) -> list[Call]:
    quiet = {"unfurl_links": False, "unfurl_media": False, "link_names": False, "parse": "none"}
    return [Call("/chat.postMessage", {**to, "text": text, "mrkdwn": True, **quiet})]


def _called(setup: SlackSetup) -> str:
    if setup.person is None:
        return ""
    who = f"<!subteam^{setup.person}>" if setup.person.startswith("S") else f"<@{setup.person}>"
    return f"\n\n{who}: please take over."


def _plain(text: str, ours: set[str | None]) -> str:
    def said(found: re.Match[str]) -> str:
        if found["what"] == "@" and found["to"] in ours:
            return ""
        if found["what"] in {"@", "!"}:
            return found["label"] or ""
        return found["label"] or found["to"]

    return " ".join(html.unescape(_SENT.sub(said, text)).split())
