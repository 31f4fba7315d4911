"""Signed webhooks as their receivers check them."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from smalti.client.signatures import BadSignature, sign, verify

SECRET, BODY, NOW = "a secret of the two", b'{"delivery":"d1"}', 1_700_000_000


def test_the_signature_is_the_hmac_of_time_and_body():
    digest = hmac.new(SECRET.encode(), b"1700000000." + BODY, hashlib.sha256).hexdigest()
    assert sign(SECRET, BODY, NOW) == f"t=1700000000,v1={digest}"


def test_what_was_signed_a_moment_ago_is_accepted():
    verify(SECRET, sign(SECRET, BODY, NOW), BODY, now=NOW + 299)
    verify(SECRET, sign(SECRET, BODY, NOW), BODY, now=NOW - 299)


def test_while_secrets_are_changed_either_signature_will_do():
    _, _, new = sign("another secret", BODY, NOW).partition(",")
    verify(SECRET, f"{sign(SECRET, BODY, NOW)},{new}", BODY, now=NOW)
    verify("another secret", f"{sign(SECRET, BODY, NOW)},{new}", BODY, now=NOW)


@pytest.mark.parametrize("now", [NOW + 301, NOW - 301, NOW + 10**9])
def test_what_was_signed_long_ago_or_ahead_is_refused(now):
    with pytest.raises(BadSignature, match="not within"):
        verify(SECRET, sign(SECRET, BODY, NOW), BODY, now=now)


def test_forged_and_altered_messages_are_refused():
    header = sign(SECRET, BODY, NOW)
    later = header.replace(str(NOW), str(NOW + 1_000))  # an old message made to look young
    for secret, said, body in (
        ("another secret", header, BODY),
        (SECRET, header, BODY + b" "),
        (SECRET, later, BODY),
        (SECRET, header[:-1] + ("0" if header[-1] != "0" else "1"), BODY),
    ):
        with pytest.raises(BadSignature):
            verify(secret, said, body, now=NOW + 1_000 if said == later else NOW)


@pytest.mark.parametrize(
    "header",
    [
        *("", "t=,v1=", "t=1700000000", "v1=" + "a" * 64, "t=x,v1=" + "a" * 64, "t=1e9,v1=" + "a" * 64),
        *(
            "t=1700000000,v0=" + "a" * 64,
            "t=1,t=2,v1=" + "a" * 64,
            "t=1700000000,v1=ä" + "a" * 63,
            "," * 10**6,
        ),
        f"t={NOW},v1=" + "A" * 64,
        f"t={'9' * 30},v1=" + "a" * 64,
    ],
)
def test_headers_of_any_other_form_are_refused(header):
    with pytest.raises(BadSignature):
        verify(SECRET, header, BODY, now=NOW)


def test_an_empty_secret_is_no_secret():
    with pytest.raises(ValueError, match="empty"):
        verify("", sign("", BODY, NOW), BODY, now=NOW)
