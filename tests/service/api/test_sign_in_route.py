"""The page people sign in on, where it leads, and the links that sign in without a password."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.openid_provider import CLIENT, SECRET, Provider, serving
from tests.service.api.conftest import HERE, LOCAL_KEY, made

from smalti.platform.auth import Role
from smalti.platform.auth.tickets import Tickets
from smalti.platform.settings import Settings
from smalti.service.api.signing_in import path_of
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

PASSWORD = "correct horse battery"
DASHBOARD = "http://127.0.0.1:8501"
LOCAL = {"Authorization": f"Bearer {LOCAL_KEY}"}


@pytest.fixture
def service(engine: Engine) -> Service:
    return Service(engine, LocalGateway(engine), LOCAL_KEY, dashboard=DASHBOARD)


@pytest.fixture
def ada(service: Service) -> None:
    service.gateway.access.users.add("ada", Role.ADMIN, password=PASSWORD)


@pytest.fixture
def browser(service: Service) -> Iterator[TestClient]:
    """On this machine, as a browser's own: nothing but cookies says who it is."""
    at_home = ("127.0.0.1", 50000)
    with TestClient(made(service), HERE, follow_redirects=False, client=at_home) as one:
        yield one


def form(**given: str) -> dict[str, str]:
    return {"name": "ada", "password": PASSWORD} | given


def linked(browser: TestClient, **asked: str) -> str:
    """The secret of a fresh one-time link."""
    answer = browser.post("/v1/session/links", json=asked, headers=LOCAL)
    assert answer.status_code == 201
    return parse_qs(urlsplit(answer.json()["link"]).query)["ticket"][0]


def test_the_page_asks_for_name_and_password_so_that_everybody_can_fill_it_in(
    browser: TestClient, ada: None
) -> None:
    page = browser.get("/sign-in", params={"next": "/issuer?issuer=QRTZ"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    labels = re.findall(r'<label for="(\w+)">(\w+)</label>', page.text)
    assert labels == [("name", "Name"), ("password", "Password")]
    assert 'autocomplete="username"' in page.text
    assert 'type="password" autocomplete="current-password"' in page.text
    assert '<input type="hidden" name="next" value="/issuer?issuer=QRTZ">' in page.text
    assert '<html lang="en">' in page.text
    assert page.text.count("<h1>") == 1
    assert "<script" not in page.text


def test_the_page_may_load_nothing_and_lead_to_us_and_the_dashboard_alone(browser: TestClient) -> None:
    headers = browser.get("/sign-in").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert f"form-action 'self' {DASHBOARD};" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    # With `no-referrer` browsers send forms with the origin `null`, which is refused.
    assert headers["referrer-policy"] == "same-origin"


def test_signing_in_goes_on_to_the_page_one_came_for(browser: TestClient, ada: None) -> None:
    answer = browser.post("/sign-in", data=form(next="/issuer?issuer=QRTZ"), headers={"Origin": HERE})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DASHBOARD}/issuer?issuer=QRTZ")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    assert browser.get("/v1/session").json()["name"] == "ada"


NASTY = [
    "//evil.example.net", "///evil.example.net", "/\\evil.example.net", "\\\\evil.example.net",
    "https://evil.example.net", "https:evil.example.net", "javascript:alert(1)", "data:text/html,x", "evil",
    "/\t/evil.example.net", "/\n/evil.example.net", "/a\r\nSet-Cookie: x=y", " /a", "/ a", "",
    "/" + "a" * 2_000,
    "/a\x00b", "/é", "@evil.example.net", ".evil.example.net", ":1@evil.example.net", "/a\\b",
]  # fmt: skip


@pytest.mark.parametrize("nasty", NASTY)
def test_nobody_is_led_anywhere_but_to_the_dashboard(nasty: str) -> None:
    assert path_of(nasty) == "/"


@pytest.mark.parametrize(
    "fine", ["/", "/issuer", "/issuer?issuer=Marble%20Heron&a=b#c", "/evidence?id=1/2//3"]
)
def test_paths_of_the_dashboard_are_kept(fine: str) -> None:
    assert path_of(fine) == fine


def test_a_nasty_place_to_go_on_to_is_dropped_in_the_form_too(browser: TestClient, ada: None) -> None:
    page = browser.get("/sign-in", params={"next": '/"><b>x'}).text
    assert '/"><b>' not in page
    assert html.escape('/"><b>x') in page
    answer = browser.post("/sign-in", data=form(next="//evil.example.net"), headers={"Origin": HERE})
    assert answer.headers["location"] == f"{DASHBOARD}/"


def test_what_is_wrong_is_said_and_counts_as_over_the_api(
    browser: TestClient, ada: None, service: Service
) -> None:
    tries = [browser.post("/sign-in", data=form(password=f"guess {i}")) for i in range(7)]
    assert [one.status_code for one in tries] == [401] * 5 + [429] * 2
    assert '<p class="alert" role="alert">Name and password do not belong together.' in tries[0].text
    assert int(tries[-1].headers["retry-after"]) >= 1
    assert "set-cookie" not in tries[0].headers
    assert 'name="name" value="ada"' in tries[0].text
    assert "guess" not in tries[0].text
    nasty = browser.post("/sign-in", data=form(name='"><b>x'))
    assert "<b>" not in nasty.text
    assert browser.post("/v1/session", json={"name": "ada", "password": PASSWORD}).status_code == 429
    rows = service.engine.store.read("SELECT kind, via, outcome FROM audit WHERE who = 'ada'").rows()
    assert rows == [("sign-in", "password", "401")] * 5


def test_another_sites_page_cannot_sign_somebody_in(browser: TestClient, ada: None) -> None:
    for headers in (
        {"Origin": "https://evil.example.net"},
        {"Origin": "null"},
        {"Origin": DASHBOARD},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = browser.post("/sign-in", data=form(), headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False), headers


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"name": "ada"}', "application/json"),
        (b"name=%ff%fe\xff&password=x", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=b" % i for i in range(200)), "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"name=" + b"a" * 5_000 + b"&password=x", "application/x-www-form-urlencoded"),
        (b"name=a&password=" + b"a" * 5_000, "application/x-www-form-urlencoded"),
    ],
)
def test_no_form_breaks_the_page(browser: TestClient, body: bytes, kind: str) -> None:
    answer = browser.post("/sign-in", content=body, headers={"content-type": kind})
    assert answer.status_code in {401, 422}


def test_who_is_signed_in_already_goes_on_or_signs_out(browser: TestClient, ada: None) -> None:
    browser.post("/sign-in", data=form(), headers={"Origin": HERE})
    page = browser.get("/sign-in", params={"next": "/alerts"}).text
    assert "You are signed in as <strong>ada</strong> (admin)." in page
    assert f'href="{DASHBOARD}/alerts"' in page
    [csrf] = re.findall(r'name="csrf" value="(\w+)"', page)
    token = browser.cookies["smalti"]
    out = {"csrf": csrf}
    assert browser.post("/sign-out", data=out).status_code == 403
    assert browser.post("/sign-out", data={"csrf": "x"}, headers={"Origin": HERE}).status_code == 403
    assert browser.get("/v1/session").status_code == 200
    answer = browser.post("/sign-out", data=out, headers={"Origin": HERE})
    assert "You are signed out." in answer.text
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert answer.headers["clear-site-data"] == '"cache"'
    assert browser.get("/v1/session", headers={"Cookie": f"smalti={token}"}).status_code == 401


def test_a_session_that_ended_takes_its_cookie_with_it(
    browser: TestClient, service: Service, ada: None
) -> None:
    browser.post("/sign-in", data=form(), headers={"Origin": HERE})
    service.gateway.access.sessions.end_all("ada")
    answer = browser.get("/sign-in")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert 'name="password"' in answer.text


def test_no_password_is_asked_for_where_others_could_read_it(settings: Settings) -> None:
    changed = settings.model_copy(update={"hosts": ("smalti.example.org",)})
    with open_engine(changed) as engine:
        service = Service(engine, LocalGateway(engine), "unused", dashboard=DASHBOARD)
        service.gateway.access.users.add("ada", Role.VIEWER, password=PASSWORD)
        plain = TestClient(made(service), "http://smalti.example.org")
        page = plain.get("/sign-in").text
        assert 'name="password"' not in page
        assert "People sign in through https only." in page
        assert plain.post("/sign-in", data=form()).status_code == 403
        sealed = TestClient(made(service), "https://smalti.example.org", follow_redirects=False)
        answer = sealed.post("/sign-in", data=form(next="/alerts"))
        assert answer.headers["location"] == "https://smalti.example.org:8501/alerts"
        assert answer.headers["set-cookie"].startswith("__Host-smalti=")


def test_the_dashboards_public_address_is_gone_on_to_where_it_is_set(settings: Settings) -> None:
    public = "https://smalti.example.org"
    with open_engine(settings.model_copy(update={"public_url": public, "dashboard_url": public})) as engine:
        service = Service(engine, LocalGateway(engine), "unused", dashboard=DASHBOARD)
        service.gateway.access.users.add("ada", Role.VIEWER, password=PASSWORD)
        client = TestClient(made(service), "http://smalti.example.org", follow_redirects=False)
        answer = client.post("/sign-in", data=form(next="/alerts"), headers={"Origin": public})
        assert answer.headers["location"] == f"{public}/alerts"
        here = TestClient(made(service), HERE, follow_redirects=False)
        answer = here.post("/sign-in", data=form(next="/alerts"), headers={"Origin": HERE})
        assert answer.headers["location"] == f"{DASHBOARD}/alerts", "where the cookie counts"


def test_without_a_dashboard_one_is_told_who_one_is(settings: Settings) -> None:
    with open_engine(settings) as engine:
        service = Service(engine, LocalGateway(engine), "unused")
        service.gateway.access.users.add("ada", Role.VIEWER, password=PASSWORD)
        with TestClient(made(service), HERE, follow_redirects=False) as client:
            assert client.post("/sign-in", data=form()).headers["location"] == "/sign-in"
            assert 'href="/v1/docs"' in client.get("/sign-in").text


def test_where_nobody_has_a_password_the_page_says_how_to_get_in(browser: TestClient) -> None:
    page = browser.get("/sign-in").text
    assert 'name="password"' not in page
    assert "smalti dashboard" in page


def test_a_link_signs_in_once_and_not_by_being_looked_at(
    browser: TestClient, ada: None, service: Service
) -> None:
    ticket = linked(browser, name="ada")
    for _ in range(2):  # a browser may fetch it ahead
        page = browser.get("/sign-in", params={"ticket": ticket})
        assert "Go on as ada" in page.text
        assert page.text.count("<button>") == 1
        assert "set-cookie" not in page.headers
    answer = browser.post("/sign-in", data={"ticket": ticket}, headers={"Origin": HERE})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DASHBOARD}/")
    assert browser.get("/v1/session").json()["name"] == "ada"
    browser.cookies.clear()
    again = browser.post("/sign-in", data={"ticket": ticket}, headers={"Origin": HERE})
    assert again.status_code == 401
    assert "This link was used or is too old." in again.text
    told = service.engine.store.read(
        "SELECT kind, who, via, subject, outcome FROM audit ORDER BY audit_id"
    ).rows()
    assert told == [
        ("change", "local", "local", "ada", "201"),
        ("sign-in", "ada", "ticket", "", "200"),
        ("sign-in", "", "ticket", "", "401"),
    ]


def test_a_link_for_nobody_named_is_for_whoever_owns_the_home_folder(
    browser: TestClient, service: Service
) -> None:
    first = browser.post("/v1/session/links", json={}, headers=LOCAL).json()
    user = service.gateway.access.users.find(first["name"])
    assert (user.role, user.password_hash) == (Role.ADMIN, None)
    service.gateway.access.change(user.name, role=Role.VIEWER)
    assert browser.post("/v1/session/links", json={}, headers=LOCAL).json()["role"] == "viewer"
    service.gateway.access.change(user.name, disabled=True)
    assert browser.post("/v1/session/links", json={}, headers=LOCAL).status_code == 403


def test_a_link_works_on_the_machine_itself_alone(browser: TestClient, service: Service, ada: None) -> None:
    ticket = linked(browser, name="ada")
    far = TestClient(made(service), HERE, follow_redirects=False, client=("10.0.0.7", 1))
    assert far.post("/sign-in", data={"ticket": ticket}, headers={"Origin": HERE}).status_code == 403
    passed_on = {"Origin": HERE, "X-Forwarded-For": "10.0.0.7"}
    assert browser.post("/sign-in", data={"ticket": ticket}, headers=passed_on).status_code == 403
    assert far.post("/v1/session/links", json={}, headers=LOCAL).status_code == 403
    other = {"Origin": "https://evil.example.net"}
    assert browser.post("/sign-in", data={"ticket": ticket}, headers=other).status_code == 403
    assert browser.post("/sign-in", data={"ticket": ticket}, headers={"Origin": HERE}).status_code == 303


def test_links_are_made_by_whoever_may_read_the_home_folder_alone(
    browser: TestClient, service: Service, ada: None
) -> None:
    _, key = service.gateway.access.keys.create("ada")
    answer = browser.post("/v1/session/links", json={}, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403
    assert browser.post("/v1/session/links", json={"name": "nobody"}, headers=LOCAL).status_code == 404


def test_a_ticket_ends_after_a_minute_and_only_its_hash_is_kept(engine: Engine) -> None:
    now = [engine.store.now()]
    tickets = Tickets(lambda: now[0])
    _, secret = tickets.make("ada")
    assert secret not in repr(vars(tickets))
    assert tickets.look(secret) is not None
    now[0] += timedelta(seconds=61)
    assert tickets.look(secret) is None
    assert tickets.take(secret) is None


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving() as one:
        yield one


def test_an_organisations_sign_in_leads_back_to_the_page_one_came_for(
    settings: Settings, provider: Provider
) -> None:
    changed = settings.model_copy(
        update={
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": type(settings.oidc_client_secret)(SECRET),
            "oidc_roles": {"desk": Role.ANALYST},
            "allow": (provider.address.removeprefix("http://"),),
        }
    )
    with open_engine(changed) as engine:
        service = Service(engine, LocalGateway(engine), "unused", dashboard=DASHBOARD)
        with TestClient(made(service), HERE, follow_redirects=False) as client:
            page = client.get("/sign-in", params={"next": "/issuer?issuer=QRTZ&as_of=2026-05-01"}).text
            assert 'name="password"' not in page  # nobody has one
            [way] = re.findall(r'href="([^"]+)">Sign in with your organisation', page)
            sent = client.get(html.unescape(way)).headers["location"]
            provider.now = engine.store.now().timestamp()
            state, code = provider.sign_in(sent)
            answer = client.get("/v1/session/openid/callback", params={"state": state, "code": code})
            assert answer.headers["location"] == f"{DASHBOARD}/issuer?issuer=QRTZ&as_of=2026-05-01"
            client.get("/v1/session/openid", params={"next": "//evil.example.net"})
            failed = client.get("/v1/session/openid/callback", params={"error": "access_denied"})
            assert failed.headers["location"] == "/sign-in?next=%2F&refused=NotSignedIn"
            assert "did not sign you in here" in client.get(failed.headers["location"]).text
