"""The page people sign in on: plain HTML, without a script, in the colours of their system."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

from fastapi.responses import HTMLResponse

from smalti.charts.screen import DARK
from smalti.charts.theme import INK, LINE, MUTED, PAPER, RAISED


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody who is not signed in is offered.

    Attributes:
        password: a form for name and password.
        name: the name that was given before, with a wrong password.
        openid: where the OpenID provider is begun with; empty without one.
        ticket: of a one-time link, and whom it signs in; empty without one.
        setting_up: nobody could sign in yet, and it is this machine that asks.
    """

    password: bool = False
    name: str = ""
    openid: str = ""
    ticket: str = ""
    ticket_name: str = ""
    setting_up: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Who is signed in already: their name, role, and what signing out has to carry."""

    name: str
    role: str
    csrf: str


def answer(
    status: int,
    *,
    back: str,
    home: str,
    offer: Offer | None = None,
    known: Known | None = None,
    alert: str = "",
    note: str = "",
) -> HTMLResponse:
    """The page.

    Args:
        status: of the HTTP answer.
        back: the path of the dashboard that is gone on to.
        home: address of the dashboard; empty where there is none.
        offer: ways to sign in.
        known: who is signed in, if somebody is.
        alert: what went wrong.
        note: what went well.
    """
    told = [f'<p class="alert" role="alert">{escape(alert)}</p>' if alert else ""]
    told.append(f'<p role="status">{escape(note)}</p>' if note else "")
    parts = _signed_in(known, back, home) if known else _ways(offer or Offer(), back)
    title = "Signed in to smalti" if known else "Sign in to smalti"
    body = "\n".join(part for part in (*told, *parts) if part)
    policy = f"default-src 'none'; style-src '{_HASH}'; img-src data:; base-uri 'none'"
    headers = {
        # Browsers hold the page a form leads on to, too, against `form-action`.
        "content-security-policy": f"{policy}; form-action 'self' {home}; frame-ancestors 'none'",
        # Without its origin a form could not be told from one of another site.
        "referrer-policy": "same-origin",
    }
    return HTMLResponse(_PAGE.format(title=title, style=_STYLE, body=body), status, headers)


def _signed_in(known: Known, back: str, home: str) -> list[str]:
    on, where = (home + back, "the dashboard") if home else ("/v1/docs", "the API and its documents")
    return [
        f"<p>You are signed in as <strong>{escape(known.name)}</strong> ({escape(known.role)}).</p>",
        f'<p><a class="button" href="{escape(on)}">Go on to {where}</a></p>',
        '<form method="post" action="/sign-out">',
        _hidden("csrf", known.csrf) + _hidden("next", back),
        '<button class="quiet">Sign out</button></form>',
    ]


def _ways(offer: Offer, back: str) -> list[str]:
    parts = []
    if offer.ticket:
        parts += [
            '<form method="post" action="/sign-in">',
            _hidden("ticket", offer.ticket) + _hidden("next", back),
            f"<button>Go on as {escape(offer.ticket_name)}</button></form>",
        ]
    if offer.openid:
        parts.append(
            f'<p><a class="button" href="{escape(offer.openid)}">Sign in with your organisation</a></p>'
        )
    if offer.password:
        given = {"next": _hidden("next", back), "name": escape(offer.name)}
        parts.append(_FORM.format(**given, quiet=' class="quiet"' if parts else ""))
    if offer.setting_up:
        parts.append(_SETTING_UP)
    return parts


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


_FORM = """<form method="post" action="/sign-in">
{next}
<label for="name">Name</label>
<input id="name" name="name" value="{name}" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="64" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
<button{quiet}>Sign in</button>
</form>"""

_SETTING_UP = """<p>Nobody has a password yet. On the service's machine,
<code>smalti dashboard</code> prints a link that signs you in without one, and
<code>smalti users add NAME --password</code> adds somebody with one.</p>"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""

_STYLE = f"""
:root {{ --ink: {INK}; --muted: {MUTED}; --line: {LINE}; --paper: {PAPER}; --red: {RAISED};
 --on: {PAPER}; }}
@media (prefers-color-scheme: dark) {{
:root {{ --ink: {DARK[INK]}; --muted: {DARK[MUTED]}; --line: {DARK[LINE]}; --paper: {DARK[PAPER]};
 --red: {DARK[RAISED]}; --on: {DARK[PAPER]}; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 22rem; margin: 12vh auto 0; padding: 0 1.25rem; }}
h1 {{ font-size: 1.375rem; margin: 0 0 1.25rem; }}
form, p {{ margin: 0 0 1.25rem; }}
label {{ display: block; margin-bottom: .25rem; }}
input {{ display: block; width: 100%; padding: .5rem .625rem; margin-bottom: 1rem; font: inherit;
 color: inherit; background: transparent; border: 1px solid var(--muted); border-radius: .375rem; }}
button, .button {{ display: block; width: 100%; padding: .5rem 1rem; font: inherit; font-weight: 600;
 text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--line);
 border-radius: .375rem; background: var(--line); color: var(--on); }}
.quiet {{ background: transparent; color: var(--line); }}
:focus-visible {{ outline: 3px solid var(--line); outline-offset: 2px; }}
.alert {{ border-left: 4px solid var(--red); padding: .25rem 0 .25rem .75rem; }}
"""
_HASH = f"sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}"
