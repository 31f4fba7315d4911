"""What one request may cost: bytes of its body, the wait for them, seconds of each read of the store."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smalti.platform.errors import SmaltiError, TooLarge, TooMany
from smalti.platform.settings import Settings
from smalti.platform.store.patience import reading_for
from smalti.service.api import errors

UPLOADS = "/v1/uploads"
CHAT, _MOST_CHAT = "/v1/chat/completions", 20_000_000
"""A question that may bring pictures and sound along."""


class Limits:
    """Refuses a body while it comes in, whatever length it claims; caps what a read of the store takes."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        body = _Body(receive, most, self._settings.api_max_wait)
        if _stated_length(scope) > most:
            await _refuse(_too_large(most), scope, receive, send)
            return
        begun = refused = False

        async def answered(message: Message) -> None:
            # However the application took the broken-off body, the answer says what was wrong with it.
            nonlocal begun, refused
            if body.refusal is not None and not begun:
                if not refused:
                    refused = True
                    await _refuse(body.refusal, scope, receive, send)
                return
            begun = True
            await send(message)

        with reading_for(self._settings.api_max_seconds):
            try:
                await self._app(scope, body, answered)
            except (TooLarge, TooMany):
                if body.refusal is None or begun:
                    raise
                await answered({"type": "http.response.start"})

    def _most(self, path: str) -> int:
        if path.startswith(UPLOADS):
            return self._settings.api_max_upload
        if path == CHAT:
            return min(_MOST_CHAT, self._settings.api_max_upload)
        return self._settings.api_max_body


class _Body:
    """A body that ends in an error when it grows too long, or stops coming."""

    def __init__(self, receive: Receive, most: int, wait: float) -> None:
        self.refusal: SmaltiError | None = None
        self._receive = receive
        self._left = self._most = most
        self._wait = wait
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is only that the client went away
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._wait)
        except TimeoutError:
            self.refusal = TooMany(
                f"nothing of the body came for {self._wait:.0f} s", mend="send it again, without a break"
            )
            raise self.refusal from None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.refusal = _too_large(self._most)
            raise self.refusal
        self._whole = not message.get("more_body", False)
        return message


def _stated_length(scope: Scope) -> int:
    stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(stated) if stated.isdigit() and len(stated) < 20 else 0


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"the body has more than {most:,} bytes", mend="send less at once, or ask an admin")


async def _refuse(error: SmaltiError, scope: Scope, receive: Receive, send: Send) -> None:
    # The rest of the body is still under way, so the connection cannot be used again.
    headers = {"connection": "close"}
    status = errors.status_of(error)
    answer = errors.answer(status, error.code, error.what, error.subject, error.mend, headers)
    await answer(scope, receive, send)
