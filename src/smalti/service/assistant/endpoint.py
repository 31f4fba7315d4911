"""A language model of the user's, at any endpoint that speaks as OpenAI's chat completions do.

The endpoint is the user's own setting, and nothing but what pydantic-ai asks of a model goes there: through
the guarded client, so to no address that the endpoint redirects to or that its name turns into later, within
bounds of bytes and seconds, and never a second time.
"""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import smalti
from smalti.assistant.language import LanguageModel
from smalti.platform.errors import SettingsError, SmaltiError
from smalti.platform.settings import Settings
from smalti.platform.web import Web, WebRules

if TYPE_CHECKING:
    import httpx2

_KEY, _ENDPOINT = "SMALTI_ASSISTANT_KEY", "SMALTI_ASSISTANT_ENDPOINT"
_MOST_BYTES = 2_000_000
_LOOPBACK = ("127.0.0.1", "[::1]")
_PASSED_ON = frozenset({"authorization", "content-type"})


def language_model(settings: Settings) -> LanguageModel | None:
    """The model that the settings name; None where they name none.

    Raises:
        SettingsError: they name half of one, or a library is missing.
    """
    if not settings.assistant_endpoint and not settings.assistant_model:
        return None
    for name in ("assistant_endpoint", "assistant_model"):
        if not getattr(settings, name):
            raise SettingsError("a language model needs both an endpoint and a name", subject=name)
    set_so = {name.upper(): value for name, value in os.environ.items()}
    if set_so.get(_KEY) and set_so.get(_ENDPOINT) != settings.assistant_endpoint:
        # A settings file lies in whatever folder a command is given in: it must not choose where a key goes.
        mend = f"set {_ENDPOINT} beside it, instead of `assistant_endpoint` in a file"
        raise SettingsError("the key goes only to an address set in the same place", subject=_KEY, mend=mend)
    return _made(
        settings.assistant_endpoint,
        settings.assistant_model,
        settings.assistant_key.get_secret_value(),
        settings.allow,
        (settings.assistant_tokens, settings.assistant_calls, settings.assistant_seconds),
    )


@lru_cache(maxsize=4)
def _made(
    endpoint: str, name: str, key: str, allow: tuple[str, ...], bounds: tuple[int, int, float]
) -> LanguageModel:
    try:
        import httpx2
        from openai import AsyncOpenAI
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider
    except ImportError as error:
        mend = "install the extra: smalti[assistant]"
        what = "a language model needs a library that is not installed"
        raise SettingsError(what, subject=str(error.name), mend=mend) from None
    tokens, calls, seconds = bounds
    web = Web(_rules(endpoint, allow, seconds))

    class Guarded(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            content = await request.aread()
            try:
                return await asyncio.to_thread(_sent, web, request, content)
            except SmaltiError as error:
                raise httpx2.ConnectError(str(error), request=request) from None

    client = AsyncOpenAI(
        base_url=endpoint,
        api_key=key or "none",
        max_retries=0,
        http_client=httpx2.AsyncClient(transport=Guarded(), trust_env=False, follow_redirects=False),
    )
    model = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
    return LanguageModel(name, model, tokens, calls, seconds)


def _sent(web: Web, request: httpx2.Request, content: bytes) -> httpx2.Response:
    import httpx2

    headers = {name: value for name, value in request.headers.items() if name.lower() in _PASSED_ON}
    kind = headers.pop("content-type", "application/json")
    answer = web.post(
        str(request.url), content, content_type=kind, headers=headers, accept="application/json"
    )
    told = {"content-type": answer.content_type or "application/json"}
    return httpx2.Response(answer.status, headers=told, content=answer.body, request=request)


def _rules(endpoint: str, allow: tuple[str, ...], seconds: float) -> WebRules:
    parts = urlsplit(endpoint)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return WebRules(
        f"smalti/{smalti.__version__}",
        allow=(*allow, *_own(parts.hostname or "", port)),
        max_bytes=_MOST_BYTES,
        max_seconds=seconds,
        max_redirects=0,
        attempts=1,
        rates={"*": 100.0},
        robots=False,
        ports=frozenset({80, 443, port}),
    )


def _own(host: str, port: int) -> tuple[str, ...]:
    """The endpoint's address where the setting itself writes one, which may be private: a model at home."""
    if host == "localhost":
        return tuple(f"{address}:{port}" for address in _LOOPBACK)
    try:
        address = ip_address(host)
    except ValueError:
        return ()
    return (f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}",)
