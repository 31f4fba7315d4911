"""Users, their keys and their sessions: who counts, until when, and what is kept of their secrets."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from smalti.platform.auth import Role, hashing
from smalti.platform.auth.access import Access
from smalti.platform.auth.users import Person
from smalti.platform.errors import Conflict, NotAllowed, NotFound, NotSignedIn, SettingsError, TooMany
from smalti.platform.settings import Settings
from smalti.platform.store import Store

PASSWORD = "correct horse battery"


class Clock:
    def __init__(self):
        self.time = datetime(2025, 3, 1, 9, tzinfo=UTC)

    def __call__(self):
        return self.time

    def move(self, **how):
        self.time += timedelta(**how)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with Store(tmp_path / "s.duckdb", clock) as opened:
        yield opened


@pytest.fixture
def access(store):
    return Access(store, Settings(session_idle_minutes=60, session_hours=12))


def reopened(store) -> Access:
    return Access(store, Settings(session_idle_minutes=60, session_hours=12))


def test_a_password_lets_in_after_a_restart_and_only_its_argon2id_hash_is_stored(access, store):
    access.users.add("Ada", Role.ANALYST, password=PASSWORD)
    user, _, token = reopened(store).sign_in("ada", PASSWORD)
    assert (user.name, user.role) == ("ada", Role.ANALYST)
    kept = str(store.read("SELECT * FROM users").rows() + store.read("SELECT * FROM sessions").rows())
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept


@pytest.mark.parametrize("name", ["", "-ada", "a b", "a" * 65, "local", "LOCAL", "a\x00b", "ada\n", "\ud800"])
def test_a_name_that_could_be_mistaken_is_refused(access, name):
    with pytest.raises(SettingsError):
        access.users.add(name, Role.VIEWER)


@pytest.mark.parametrize("password", ["short", "x" * 257, "my name is ada, indeed"])
def test_a_password_not_to_rely_on_is_refused(access, password):
    with pytest.raises(SettingsError, match="password"):
        access.users.add("ada", Role.VIEWER, password=password)


def test_a_name_is_given_once(access):
    access.users.add("ada", Role.VIEWER)
    with pytest.raises(Conflict):
        access.users.add("ADA", Role.ADMIN)


def test_wrong_names_and_wrong_passwords_get_the_same_answer(access):
    access.users.add("ada", Role.VIEWER, password=PASSWORD)
    access.users.add("keyonly", Role.VIEWER)
    said = []
    for name, password in [("ada", "wrong"), ("nobody", PASSWORD), ("keyonly", PASSWORD)]:
        with pytest.raises(NotSignedIn) as error:
            access.sign_in(name, password)
        said.append(str(error.value))
    assert len(set(said)) == 1


def test_after_failures_in_a_row_even_the_right_password_has_to_wait(access):
    access.users.add("ada", Role.VIEWER, password=PASSWORD)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            access.sign_in("ada", "wrong")
    with pytest.raises(TooMany, match="wait"):
        access.sign_in("Ada", PASSWORD)


def test_a_hash_of_another_cost_is_made_anew_at_the_next_sign_in(access, store):
    user = access.users.add("ada", Role.VIEWER, password=PASSWORD)
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    access.users._known["ada"] = type(user)(
        **{n: getattr(user, n) for n in user.__slots__} | {"password_hash": cheap}
    )
    access.sign_in("ada", PASSWORD)
    assert "m=19456,t=2,p=1" in store.read("SELECT password_hash FROM users").item()
    access.sign_in("ada", PASSWORD)


def test_a_key_is_told_once_lasts_its_days_and_is_stored_as_a_hash(access, store, clock):
    access.users.add("bot", Role.VIEWER)
    key, secret = access.keys.create("bot", days=90)
    assert secret.startswith(f"smk_{key.key_id}_")
    assert key.ends_at == clock.time + timedelta(days=90)
    kept = str(store.read("SELECT * FROM api_keys").rows())
    assert "$argon2id$" in kept
    assert secret.split("_", 2)[2] not in kept
    assert secret.split("_", 2)[2] not in repr(key)
    clock.move(days=89)
    who = reopened(store).keys.compared(secret)
    assert (who.name, who.role, who.via) == ("bot", Role.VIEWER, f"key: {key.key_id}")
    assert access.keys.compared(secret) == access.keys.remembered(secret)
    clock.move(days=1)
    assert access.keys.remembered(secret) is None
    with pytest.raises(NotSignedIn):
        access.keys.compared(secret)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_key_without_an_end_in_sight_is_refused(access, days):
    access.users.add("bot", Role.VIEWER)
    with pytest.raises(SettingsError, match="end"):
        access.keys.create("bot", days=days)


def test_a_forged_key_is_refused_whatever_part_of_it_is_right(access):
    access.users.add("bot", Role.VIEWER)
    key, secret = access.keys.create("bot")
    _, other_secret = access.keys.create("bot")
    mixed = f"smk_{key.key_id}_{other_secret.split('_', 2)[2]}"
    for wrong in (mixed, secret[:-1], secret + "x", secret.upper(), "smk__", "smk", "", "smk_" + "x" * 9_999):
        assert access.keys.remembered(wrong) is None
        with pytest.raises(NotSignedIn):
            access.keys.compared(wrong)


def test_a_key_never_may_more_than_its_owner_not_even_later(access):
    access.users.add("ada", Role.ANALYST)
    with pytest.raises(NotAllowed):
        access.keys.create("ada", Role.ADMIN)
    _, lesser = access.keys.create("ada", Role.VIEWER)
    _, same = access.keys.create("ada")
    access.keys.compared(same)
    access.change("ada", role=Role.VIEWER)
    assert access.keys.compared(lesser).role is Role.VIEWER
    assert access.keys.remembered(same) is None
    with pytest.raises(NotSignedIn):
        access.keys.compared(same)


def test_revoking_one_key_leaves_the_others(access, store):
    access.users.add("bot", Role.VIEWER)
    gone, gone_secret = access.keys.create("bot")
    _, kept = access.keys.create("bot")
    access.keys.compared(gone_secret)
    access.keys.compared(kept)
    access.keys.revoke(gone.key_id)
    assert access.keys.remembered(gone_secret) is None
    assert access.keys.remembered(kept) is not None
    with pytest.raises(NotSignedIn):
        reopened(store).keys.compared(gone_secret)
    with pytest.raises(NotFound):
        access.keys.revoke("nokey")


def test_a_session_ends_when_unused_and_in_any_case(access, clock, store):
    access.users.add("ada", Role.VIEWER, password=PASSWORD)
    _, _, idle = access.sign_in("ada", PASSWORD)
    _, _, used = access.sign_in("ada", PASSWORD)
    for _ in range(11):
        clock.move(minutes=59)
        session, _ = access.sessions.of(used)
        assert access.sessions.stale(session)
        access.sessions.note(session)
    with pytest.raises(NotSignedIn):
        access.sessions.of(idle)
    reopened(store).sessions.of(used)
    clock.move(minutes=80)
    with pytest.raises(NotSignedIn):
        access.sessions.of(used)


def test_signing_out_ends_this_session_and_a_new_password_or_disabling_all(access):
    access.users.add("ada", Role.VIEWER, password=PASSWORD)
    tokens = [access.sign_in("ada", PASSWORD)[2] for _ in range(3)]
    access.sessions.end(tokens[0])
    with pytest.raises(NotSignedIn):
        access.sessions.of(tokens[0])
    access.sessions.of(tokens[1])
    access.set_password("ada", "another long password")
    with pytest.raises(NotSignedIn):
        access.sessions.of(tokens[1])
    _, _, token = access.sign_in("ada", "another long password")
    access.change("ada", disabled=True)
    with pytest.raises(NotSignedIn):
        access.sessions.of(token)
    with pytest.raises(NotSignedIn):
        access.sign_in("ada", "another long password")


def test_sessions_of_one_person_are_bounded(access, store):
    access.users.add("ada", Role.VIEWER)
    for _ in range(25):
        access.sessions.begin("ada", "password")
    assert store.read("SELECT count(*) FROM sessions").item() == 20


def test_the_provider_cannot_make_somebody_a_user_that_another_way_made(access):
    access.users.add("ada", Role.ADMIN, password=PASSWORD)
    person = Person("https://id.example.org 1", "Ada", "", Role.VIEWER)
    user, _, _ = access.sign_in_openid(person)
    assert user.name.startswith("ada.")
    assert access.sign_in_openid(person)[0].name == user.name
    promoted = Person(person.subject, "Ada", "", Role.ANALYST)
    assert access.sign_in_openid(promoted)[0].role is Role.ANALYST
    access.change(user.name, disabled=True)
    with pytest.raises(NotSignedIn):
        access.sign_in_openid(person)


def test_the_same_letters_typed_otherwise_are_the_same_password(access):
    access.users.add("ada", Role.VIEWER, password="Zoë's cafe\u0301 corner")
    access.sign_in("ada", "Zoe\u0308's caf\u00e9 corner")


def test_a_flood_of_tries_is_refused_instead_of_waiting_for_its_turn(access, monkeypatch):
    access.users.add("ada", Role.VIEWER, password=PASSWORD)
    monkeypatch.setattr(hashing, "_WAITING", threading.BoundedSemaphore(1))
    with hashing._turn(), pytest.raises(TooMany, match="at once"):
        access.sign_in("ada", PASSWORD)
