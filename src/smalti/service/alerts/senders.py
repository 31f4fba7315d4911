"""Sending one message through one channel: webhooks by the guarded client, the others by apprise.

apprise opens its own connections. Its host is held against the guarded client's gate just before, its time
is limited from outside, redirects are off; but it resolves the name a second time (see `vet_host`).
"""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import nh3

from smalti.client.signatures import DELIVERY_HEADER, HEADER, sign
from smalti.platform.errors import Conflict, SmaltiError
from smalti.platform.objects import Objects
from smalti.platform.settings import Settings
from smalti.platform.web import Web, WebRules, vet_host
from smalti.service.alerts.channels import MAIL_PORTS, MAIL_SCHEMES, SLACK_BOT, Channel, mail_server
from smalti.service.alerts.queueing import Message, StoredFile
from smalti.service.alerts.wording import one_line, plain, without_markup

if TYPE_CHECKING:  # it takes its time to load, which no command waits for that sends nothing
    from apprise import AppriseAsset, AppriseAttachment
    from apprise.plugins import NotifyBase

_SECONDS = 45.0
"""That one message may take, whatever the other side does."""
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 20.0
_MOST_CHAT_CHARS = 6_000
_MOST_ANSWER = 1_000_000
_MOST_HANGING = 20
_STATUS = re.compile(r"error=(\d{3})")
_GONE = 410

_hanging = threading.BoundedSemaphore(_MOST_HANGING)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try.

    Attributes:
        sent: the other side took it.
        status: the HTTP status, where there was one.
        error: why not, without any secret.
        wait: seconds the other side asks to wait before the next try.
        final: it will never take it.
    """

    sent: bool
    status: int | None = None
    error: str | None = None
    wait: float | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent: the message, under its delivery's id, through a channel with its secret."""

    delivery_id: str
    message: Message
    channel: Channel
    secret: str | None
    moment: int  # unix seconds, for the signature


def open_sender(settings: Settings) -> Web:
    """The guarded client for webhooks: quick to give up, one try a delivery."""
    return Web(
        WebRules(
            agent=settings.agent or "smalti",
            allow=settings.allow,
            max_bytes=_MOST_ANSWER,
            max_seconds=_READ_SECONDS,
            attempts=1,
            rates={"*": 20.0},
            robots=False,
        )
    )


def send_parcel(parcel: Parcel, settings: Settings, objects: Objects, web: Web) -> Outcome:
    """Try once. Never raises for what the other side does."""
    try:
        if parcel.channel.kind == "webhook":
            return _webhook(parcel, web)
        return _by_apprise(parcel, settings, objects)
    except SmaltiError as error:
        return Outcome(sent=False, error=_harmless(str(error), parcel.secret))


def _webhook(parcel: Parcel, web: Web) -> Outcome:
    if parcel.secret is None:
        raise _no_secret(parcel.channel)
    body = webhook_body(parcel)
    signed = {HEADER: sign(parcel.secret, body, parcel.moment), DELIVERY_HEADER: parcel.delivery_id}
    answer = web.post(parcel.channel.address, body, content_type="application/json", headers=signed)
    if 200 <= answer.status < 300:
        return Outcome(sent=True, status=answer.status)
    return Outcome(
        sent=False,
        status=answer.status,
        error=f"answered {answer.status}",
        wait=_seconds(answer.headers.get("retry-after", "")),
        final=answer.status == _GONE,
    )


def webhook_body(parcel: Parcel) -> bytes:
    """What a webhook receives; `delivery` is the same at every try."""
    message = parcel.message
    files = [
        {"name": f.name, "media_type": f.media_type, "size": f.size, "sha256": f.object_id}
        for f in message.files
    ]
    told = {
        "delivery": parcel.delivery_id,
        "kind": message.kind,
        "title": message.title,
        "text": message.text,
        "link": message.link,
        "files": files,
        "data": dict(message.data),
    }
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


def _seconds(said: str) -> float | None:
    return float(said) if said.isascii() and said.isdigit() and len(said) < 9 else None


def _no_secret(channel: Channel) -> Conflict:
    return Conflict(
        "it has no secret", subject=channel.name, mend="set its secret; a changed address drops it"
    )


def _by_apprise(parcel: Parcel, settings: Settings, objects: Objects) -> Outcome:
    from apprise import NotifyFormat

    channel = parcel.channel
    plugin, attaches = _PLUGINS[channel.kind](parcel, settings)
    message = parcel.message
    if channel.kind == "email":
        title, body, form = one_line(message.title), plain(message.text), NotifyFormat.TEXT
        if message.html is not None:
            body, form = nh3.clean(message.html), NotifyFormat.HTML
    else:
        title, form = without_markup(one_line(message.title)), NotifyFormat.TEXT
        body = without_markup(message.text)[:_MOST_CHAT_CHARS]
    if message.files and not attaches:
        body += "\n\n" + without_markup("\n".join(_named(one) for one in message.files))
    files = _attached(message.files, objects) if attaches and message.files else None

    def notify() -> bool:
        return bool(plugin.notify(body=body, title=title, body_format=form, attach=files))

    sent, told = _in_time(notify)
    if sent:
        return Outcome(sent=True)
    status = _STATUS.search(told)
    error = _harmless(told or "not sent", parcel.secret)
    return Outcome(sent=False, status=int(status[1]) if status else None, error=error)


def _named(file: StoredFile) -> str:
    return f"{file.name}, {file.size} bytes, SHA-256 {file.object_id}"


def _attached(files: Any, objects: Objects) -> AppriseAttachment:
    from apprise import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    found = AppriseAttachment()
    for file in files:
        raw = objects.get(file.object_id)
        found.add(AttachMemory(content=raw, name=file.name, mimetype=file.media_type))  # type: ignore[no-untyped-call]  # no types
    return found


def _asset() -> AppriseAsset:
    """Apprise without files of its own, redirects or threads."""
    from apprise import AppriseAsset, PersistentStoreMode

    return AppriseAsset(
        app_id="smalti",
        app_desc="smalti",
        app_url="",
        async_mode=False,
        http_redirects=False,
        storage_mode=PersistentStoreMode.MEMORY,
        interpret_emojis=False,
        interpret_escapes=False,
    )


def _plugin(told: Mapping[str, Any]) -> NotifyBase:
    from apprise import Apprise

    plugin = Apprise.instantiate(dict(told), asset=_asset(), suppress_exceptions=True)
    if plugin is None:
        raise Conflict("apprise makes nothing of this channel", mend="check its address and set its secret")
    return plugin


def _email(parcel: Parcel, settings: Settings) -> tuple[NotifyBase, bool]:
    channel = parcel.channel
    scheme, host, port = mail_server(channel)
    vet_host(host, port, allow=settings.allow, ports=MAIL_PORTS)
    if channel.user and parcel.secret is None:
        raise _no_secret(channel)
    mode = MAIL_SCHEMES[scheme]
    told: dict[str, Any] = {
        "schema": "mailto" if mode == "insecure" else "mailtos",
        "host": host,
        "smtp_host": host,
        "port": port,
        "secure_mode": mode,
        "from_addr": f"smalti <{channel.sender}>",
        "targets": list(channel.to),
        "headers": {DELIVERY_HEADER: parcel.delivery_id},
        "cto": _CONNECT_SECONDS,
        "rto": _READ_SECONDS,
    }
    if channel.user:
        told |= {"user": channel.user, "password": parcel.secret}
    return _plugin(told), True


def _slack(parcel: Parcel, settings: Settings) -> tuple[NotifyBase, bool]:
    channel, secret = parcel.channel, parcel.secret
    if secret is None:
        raise _no_secret(channel)
    bot = channel.address == SLACK_BOT
    if bot != secret.startswith("xox"):
        raise Conflict(
            "its secret is of the other kind of Slack channel", subject=channel.name, mend="set it again"
        )
    host = urlsplit(channel.address).hostname or ""
    vet_host(host, 443, allow=settings.allow, ports={443})
    tokens: dict[str, Any] = {"access_token": secret, "targets": list(channel.to)}
    if not bot:
        tokens = dict(zip(("token_a", "token_b", "token_c"), secret.split("/"), strict=True)) | {
            "targets": []
        }
    limits = {"cto": _CONNECT_SECONDS, "rto": _READ_SECONDS}
    told = {"schema": "slack", "include_image": False, "include_footer": False, **tokens, **limits}
    return _plugin(told), bot


def _teams(parcel: Parcel, settings: Settings) -> tuple[NotifyBase, bool]:
    channel = parcel.channel
    if parcel.secret is None:
        raise _no_secret(channel)
    parts = urlsplit(channel.address)
    vet_host(parts.hostname or "", parts.port or 443, allow=settings.allow, ports={443})
    workflow = re.search(r"/workflows/([A-Za-z0-9-]{1,64})/", parts.path)
    if workflow is None:
        raise Conflict("it names no workflow", subject=channel.name, mend="copy the workflow's whole address")
    version = parse_qs(parts.query).get("api-version", [None])[0]
    told = {
        "schema": "workflows",
        "host": parts.hostname,
        "port": parts.port,
        "workflow": workflow[1],
        "signature": parcel.secret,
        "power_automate": "/powerautomate/" in parts.path,
        "version": version,
        "include_image": False,
        "cto": _CONNECT_SECONDS,
        "rto": _READ_SECONDS,
    }
    return _plugin(told), False


_PLUGINS: Mapping[str, Callable[[Parcel, Settings], tuple[NotifyBase, bool]]] = {
    "email": _email,
    "slack": _slack,
    "teams": _teams,
}
"""Makes the plugin of a channel, and says whether it takes files."""


def _in_time(notify: Callable[[], bool]) -> tuple[bool, str]:
    """Whether it was sent, and what apprise said of it; a server that drips is left to itself."""
    if not _hanging.acquire(blocking=False):
        return False, f"{_MOST_HANGING} messages hang already"
    said: SimpleQueue[tuple[bool, str]] = SimpleQueue()

    def work() -> None:
        with _Overheard() as heard:
            try:
                sent, failure = notify(), ""
            except Exception as error:
                sent, failure = False, f"{type(error).__name__}: {error}"
            finally:
                _hanging.release()
        said.put((sent, failure or heard.text))

    threading.Thread(target=work, daemon=True, name="notify").start()
    try:
        return said.get(timeout=_SECONDS)
    except Empty:
        return False, f"no end within {_SECONDS:.0f} s"


class _Overheard(logging.Handler):
    """What apprise logs in this thread: it tells why something failed nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self._text = io.StringIO()

    def __enter__(self) -> _Overheard:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._text.write(record.getMessage() + " ")

    @property
    def text(self) -> str:
        return self._text.getvalue().strip()


def _harmless(told: str, secret: str | None) -> str:
    """An error on one line, cut, in which no part of the secret stands."""
    for part in filter(None, [secret, *(secret or "").split("/")]):
        told = told.replace(part, "***") if len(part) >= 4 else told
    return one_line(told)[:300]
