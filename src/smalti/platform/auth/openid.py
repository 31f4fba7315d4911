"""Signing people in at an OpenID provider: authorization code with PKCE, state and nonce.

OpenID Connect Core 1.0, section 3.1; RFC 7636. Authlib and joserfc do the protocol; everything that goes out
goes through the guarded client. The client secret goes to the issuer's own host and to hosts that the
settings name: whatever the provider's discovery document says, it goes nowhere else.
"""

from __future__ import annotations

import hmac
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import KeySet

from smalti.platform.auth.hashing import digest, new_token
from smalti.platform.auth.roles import Role
from smalti.platform.auth.users import Person
from smalti.platform.errors import (
    Malformed,
    NotAllowed,
    NotSignedIn,
    Refused,
    SettingsError,
)
from smalti.platform.settings import Settings
from smalti.platform.web.client import Web

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""How an ID token may be signed: with a key that only the provider has. Never `none`, never by the secret."""

_LEEWAY = 60  # seconds that clocks may differ
_FRESH = timedelta(hours=1)
_AGAIN = timedelta(minutes=1)
PENDING = timedelta(minutes=10)
"""How long somebody may take at the provider."""
_MOST_PENDING = 1_000
_MOST_BYTES = 262_144
_MOST_TEXT = 2_000
_LADDER = (Role.ADMIN, Role.ANALYST, Role.VIEWER, Role.CUSTOMER)


@dataclass(frozen=True, slots=True)
class _Pending:
    """Somebody on their way to the provider and back."""

    nonce: str
    verifier: str
    back: str
    browser: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Provider:
    """What the provider says of itself."""

    authorize: str
    token: str
    methods: Sequence[str]
    keys: KeySet
    read_at: datetime


class Openid:
    """One provider, as the settings describe it. Thread-safe.

    Args:
        settings: `oidc_*`.
        web: the guarded client.
        now: what time it is.

    Raises:
        SettingsError: the issuer or the client's id cannot be used.
    """

    def __init__(self, settings: Settings, web: Web, now: Callable[[], datetime]) -> None:
        issuer = urlsplit(settings.oidc_issuer)
        if issuer.scheme not in {"https", "http"} or not issuer.hostname or not settings.oidc_client_id:
            mend = "an https address, and `oidc_client_id` beside it"
            raise SettingsError("not an OpenID provider", subject="oidc_issuer", mend=mend)
        if issuer.scheme == "http" and issuer.netloc not in settings.allow:
            mend = "use https; http is for providers that `allow` names"
            raise SettingsError("the provider would be asked in the clear", subject="oidc_issuer", mend=mend)
        self._settings, self._web, self._now = settings, web, now
        self._hosts = {issuer.hostname, *(host.lower() for host in settings.oidc_hosts)}
        self._pending: OrderedDict[str, _Pending] = OrderedDict()
        self._known: _Provider | None = None
        self._changing, self._asking = threading.Lock(), threading.Lock()

    def begin(self, back: str) -> tuple[str, str]:
        """Send somebody to the provider.

        Args:
            back: the address that the provider sends them back to.

        Returns:
            The address to send them to, and a token that their browser has to bring back.

        Raises:
            InputError: the provider cannot be reached, or says of itself what cannot be.
        """
        provider = self._provider()
        state, browser = new_token(), new_token()
        pending = _Pending(new_token(), new_token(), back, digest(browser), self._now() + PENDING)
        with self._changing:
            self._pending[digest(state)] = pending
            while len(self._pending) > _MOST_PENDING:
                self._pending.popitem(last=False)
        address = prepare_grant_uri(
            provider.authorize,
            client_id=self._settings.oidc_client_id,
            response_type="code",
            redirect_uri=back,
            scope="openid profile email",
            state=state,
            nonce=pending.nonce,
            code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )
        return address, browser

    def finish(self, state: str, code: str, browser: str) -> Person:
        """Who came back from the provider.

        Args:
            state: as the provider gave it back.
            code: the provider's, for which it tells who they are.
            browser: the token that their browser brought back.

        Raises:
            NotSignedIn: nobody was sent there so, or not by this browser, or too long ago; or the ID token
                is not the provider's for this sign-in.
            NotAllowed: the provider vouches for them, but they have no role here.
            InputError: the provider cannot be reached, or answers what cannot be.
        """
        with self._changing:
            pending = self._pending.pop(digest(state), None)
        late = pending is None or pending.until < self._now()
        if pending is None or late or not hmac.compare_digest(pending.browser, digest(browser)):
            raise NotSignedIn("no sign-in was begun so, or it took too long", mend="begin again")
        provider = self._provider()
        return self._person(self._claims(self._exchanged(provider, code, pending), pending))

    def _exchanged(self, provider: _Provider, code: str, pending: _Pending) -> str:
        """The ID token that the provider gives for a code."""
        body = prepare_token_request(
            "authorization_code", redirect_uri=pending.back, code=code, code_verifier=pending.verifier
        )
        secret = self._settings.oidc_client_secret.get_secret_value()
        method = "none"
        if secret:
            basic = not provider.methods or "client_secret_basic" in provider.methods
            method = "client_secret_basic" if basic else "client_secret_post"
        auth = ClientAuth(self._settings.oidc_client_id, secret, method)
        _, headers, body = auth.prepare("POST", provider.token, {}, body)
        answer = self._web.post(
            provider.token,
            body.encode(),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
            accept="application/json",
            max_bytes=_MOST_BYTES,
        )
        if answer.status != 200:
            raise NotSignedIn(f"the provider answered {answer.status} to the code", mend="begin again")
        token = _json(answer.body, provider.token).get("id_token")
        if not isinstance(token, str) or len(token) > _MOST_BYTES:
            raise Malformed("the provider sent no ID token", subject=provider.token)
        return token

    def _claims(self, token: str, pending: _Pending) -> Mapping[str, Any]:
        """What an ID token says, if it is the provider's, for us, for this sign-in, and of now."""
        settings = self._settings
        try:
            try:
                read = jwt.decode(token, self._provider().keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                # The provider may have changed its keys since they were read.
                read = jwt.decode(token, self._provider(again=True).keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": settings.oidc_issuer},
                    "aud": {"essential": True, "value": settings.oidc_client_id},
                    "exp": {"essential": True},
                    "sub": {"essential": True},
                },
                {"nonce": pending.nonce, "client_id": settings.oidc_client_id},
            )
            if not isinstance(claims.get("sub"), str) or not 1 <= len(claims["sub"]) <= 255:  # Core 1.0, 2
                raise InvalidClaimError("sub")
            claims.validate(now=int(self._now().timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise NotSignedIn(
                f"the provider's ID token is refused: {error}"[:300], mend="begin again"
            ) from None
        return dict(claims)

    def _person(self, claims: Mapping[str, Any]) -> Person:
        said = claims.get(self._settings.oidc_claim)
        values = said if isinstance(said, list) else [said]
        named = {
            self._settings.oidc_roles[v]
            for v in values
            if isinstance(v, str) and v in self._settings.oidc_roles
        }
        role = next((role for role in _LADDER if role in named), self._settings.oidc_default_role)
        subject = f"{self._settings.oidc_issuer} {_text(claims, 'sub')}"
        if role is None:
            raise NotAllowed("nothing says what they may do here", subject=subject, mend="ask an admin")
        email = _text(claims, "email") if claims.get("email_verified") is True else ""
        name = _text(claims, "preferred_username") or email or _text(claims, "name") or "person"
        return Person(subject, name, email, role)

    def _provider(self, again: bool = False) -> _Provider:
        """What the provider says of itself, asked anew once an hour, or `again` once a minute at most."""
        with self._asking:
            known, now = self._known, self._now()
            if known is None or now - known.read_at > (_AGAIN if again else _FRESH):
                known = self._known = self._asked(now)
            return known

    def _asked(self, now: datetime) -> _Provider:
        where = self._settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
        said = self._get(where)
        if said.get("issuer") != self._settings.oidc_issuer:
            raise Refused("it says it is another issuer", subject=where, mend="check `oidc_issuer`")
        keys = self._get(self._ours(said, "jwks_uri", where))
        methods = said.get("token_endpoint_auth_methods_supported")
        try:
            imported = KeySet.import_key_set({"keys": list(keys["keys"])[:100]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Malformed(f"its keys cannot be read: {error}"[:300], subject=where) from None
        return _Provider(
            self._ours(said, "authorization_endpoint", where),
            self._ours(said, "token_endpoint", where),
            [m for m in methods if isinstance(m, str)] if isinstance(methods, list) else [],
            imported,
            now,
        )

    def _ours(self, said: Mapping[str, Any], name: str, where: str) -> str:
        """An address of the provider, if it may be one."""
        address = said.get(name)
        if not isinstance(address, str) or len(address) > _MOST_TEXT:
            raise Malformed(f"it names no {name}", subject=where)
        parts, issuer = urlsplit(address), urlsplit(self._settings.oidc_issuer)
        if (
            parts.hostname not in self._hosts
            or parts.scheme not in {"https", issuer.scheme}
            or parts.username
        ):
            mend = "name its host in `oidc_hosts` if it is the provider's"
            raise Refused(f"its {name} is elsewhere", subject=address, mend=mend)
        return address

    def _get(self, address: str) -> Mapping[str, Any]:
        answer = self._web.get(address, accept="application/json", max_bytes=_MOST_BYTES)
        if len(answer.hops) > 1:
            raise Refused(
                "the provider's address leads elsewhere", subject=address, mend="check `oidc_issuer`"
            )
        return _json(answer.body, address)


def _json(body: bytes, subject: str) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Malformed("the provider's answer is no JSON object", subject=subject)
    return said


def _text(claims: Mapping[str, Any], name: str) -> str:
    said = claims.get(name)
    return said[:255] if isinstance(said, str) else ""
