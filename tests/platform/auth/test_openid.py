"""Signing in at an OpenID provider, against a real one on loopback that lies in every way it can."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from tests.openid_provider import CLIENT, SECRET, Provider, serving

from smalti.platform.auth import Role
from smalti.platform.auth.openid import PENDING, Openid
from smalti.platform.errors import NotAllowed, NotSignedIn, Refused, SettingsError
from smalti.platform.settings import Settings
from smalti.platform.web import Web, WebRules

BACK = "https://smalti.example.org/v1/session/openid/callback"


class Clock:
    def __init__(self):
        self.time = datetime(2025, 3, 1, 9, tzinfo=UTC)

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(clock):
    with serving() as one:
        one.now = clock.time.timestamp()
        yield one


def openid(provider: Provider, clock, **more) -> Openid:
    allow = (provider.address.removeprefix("http://"),)
    given = {"oidc_roles": {"desk": "analyst"}, "oidc_client_secret": SECRET} | more
    settings = Settings(oidc_issuer=provider.address, oidc_client_id=CLIENT, allow=allow, **given)
    return Openid(settings, Web(WebRules("tests", allow=allow, rates={"*": 1000.0}, robots=False)), clock)


def signed_in(provider: Provider, one: Openid):
    address, browser = one.begin(BACK)
    return one.finish(*provider.sign_in(address), browser)


def test_whoever_the_provider_vouches_for_comes_in_with_the_role_of_their_group(provider, clock):
    provider.claims = {"email": "ada@example.org", "email_verified": True}
    person = signed_in(provider, openid(provider, clock))
    assert (person.name, person.email, person.role) == ("Ada.Byron", "ada@example.org", Role.ANALYST)
    assert person.subject == f"{provider.address} 248289761001"


def test_the_code_is_exchanged_with_the_secret_and_the_pkce_verifier(provider, clock):
    signed_in(provider, openid(provider, clock))
    [(headers, form)] = provider.asked
    assert base64.b64decode(headers["authorization"].split()[1]).decode() == f"{CLIENT}:{SECRET}"
    assert len(form["code_verifier"]) >= 43  # RFC 7636, 4.1
    assert SECRET not in form.values()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"iss": "https://elsewhere.example.org"},
        {"exp": None},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
    ],
    ids=str,
)
def test_an_id_token_for_somebody_or_something_else_is_refused(provider, clock, claims):
    provider.claims = claims
    with pytest.raises(NotSignedIn, match="ID token is refused"):
        signed_in(provider, openid(provider, clock))


def test_a_forged_signature_is_refused(provider, clock):
    provider.forged_with = ECKey.generate_key("P-256")
    with pytest.raises(NotSignedIn, match="refused"):
        signed_in(provider, openid(provider, clock))


def test_a_token_that_nobody_signed_is_refused(provider, clock):
    provider.unsigned = True
    with pytest.raises(NotSignedIn, match="refused"):
        signed_in(provider, openid(provider, clock))


def test_a_token_signed_with_the_client_secret_is_refused(provider, clock):
    provider._signed = lambda claims: jwt.encode(
        {"alg": "HS256"}, claims, OctKey.import_key(SECRET + "-and-more-bytes-for-hs256")
    )
    with pytest.raises(NotSignedIn, match="refused"):
        signed_in(provider, openid(provider, clock))


def test_a_new_key_of_the_provider_is_fetched_when_a_token_names_it(provider, clock):
    one = openid(provider, clock)
    signed_in(provider, one)
    provider.key = ECKey.generate_key("P-256", parameters={"kid": "second", "use": "sig"})
    clock.time += timedelta(minutes=2)
    assert signed_in(provider, one).role is Role.ANALYST


def test_the_state_is_good_once_and_in_the_browser_that_began(provider, clock):
    one = openid(provider, clock)
    address, browser = one.begin(BACK)
    state, code = provider.sign_in(address)
    with pytest.raises(NotSignedIn, match="no sign-in was begun"):
        one.finish(state, code, "another browser's")
    with pytest.raises(NotSignedIn, match="no sign-in was begun"):
        one.finish(state, code, browser)  # used up
    assert provider.asked == []


def test_a_sign_in_that_takes_too_long_is_refused(provider, clock):
    one = openid(provider, clock)
    address, browser = one.begin(BACK)
    clock.time += PENDING + timedelta(seconds=1)
    with pytest.raises(NotSignedIn, match="too long"):
        one.finish(*provider.sign_in(address), browser)


def test_nobody_is_let_in_whose_claims_name_no_role_unless_there_is_a_default(provider, clock):
    provider.claims = {"groups": ["everyone"]}
    with pytest.raises(NotAllowed):
        signed_in(provider, openid(provider, clock))
    assert signed_in(provider, openid(provider, clock, oidc_default_role="viewer")).role is Role.VIEWER


def test_an_unverified_address_is_not_taken_for_theirs(provider, clock):
    provider.claims = {"email": "boss@example.org", "email_verified": False}
    assert signed_in(provider, openid(provider, clock)).email == ""


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
def test_the_secret_goes_to_no_host_that_the_settings_do_not_name(provider, clock, name):
    provider.document = {name: "https://thief.example.net/token"}
    with pytest.raises(Refused, match="elsewhere"):
        openid(provider, clock).begin(BACK)


def test_a_provider_that_says_it_is_another_is_refused(provider, clock):
    provider.document = {"issuer": "https://accounts.example.org"}
    with pytest.raises(Refused, match="another issuer"):
        openid(provider, clock).begin(BACK)


def test_a_provider_on_a_private_address_has_to_be_allowed(provider, clock):
    settings = Settings(oidc_issuer=provider.address, oidc_client_id=CLIENT)
    with pytest.raises(SettingsError, match="in the clear"):
        Openid(settings, Web(WebRules("tests")), clock)
