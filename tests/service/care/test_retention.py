from __future__ import annotations

from datetime import timedelta

from tests.service.care.conftest import Opened

from smalti.platform.records import SourceKind
from smalti.service.care.retention import retain
from smalti.service.care.verify import verify

DAYS = {SourceKind.NEWS: 30, SourceKind.SOCIAL: 30}


def test_nothing_goes_unless_the_settings_say_so(opened: Opened) -> None:
    with opened() as engine:
        assert retain(engine, engine.store.now() + timedelta(days=9_999)).objects == 0


def test_bytes_older_than_their_kind_may_be_go_and_texts_stay(opened: Opened) -> None:
    with opened(retain_days={SourceKind.NEWS: 30}) as engine:
        now = engine.store.now()
        assert retain(engine, now + timedelta(days=29)).objects == 0
        found = retain(engine, now + timedelta(days=31))
        assert found.objects == 1
        assert found.bytes > 0
        left = engine.store.read("SELECT artifact_id, kind FROM documents")
        for artifact, kind in left.iter_rows():
            assert engine.objects.path(artifact).exists() == (kind == "social")
        assert verify(engine).broken == {}, "what retention took away is not missing"
        assert retain(engine, now + timedelta(days=32)).objects == 0


def test_what_a_signal_cites_stays_unless_told(opened: Opened) -> None:
    with opened(retain_days=DAYS) as engine:
        found = retain(engine, engine.store.now() + timedelta(days=31))
        assert (found.objects, found.kept_cited) == (1, 1), "one signal cites a post"
    with opened(retain_days=DAYS, retain_cited=False) as engine:
        assert retain(engine, engine.store.now() + timedelta(days=31)).objects == 1
