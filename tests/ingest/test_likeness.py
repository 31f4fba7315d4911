from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import smalti.service.demo_world
from smalti.ingest.likeness import Picture, likenesses
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.image import parse
from smalti.platform.similarity import NEAR_IMAGE

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
BASE = 0xF0E1D2C3B4A59687


def picture(name: str, phash: int, author: str | None = None, hour: int = 0) -> Picture:
    return Picture(name, phash, author, BEGIN + timedelta(hours=hour))


def flipped(phash: int, bits: int) -> int:
    return phash ^ sum(1 << (5 * bit) for bit in range(bits))


def test_each_picture_points_to_the_earliest_like_it_by_someone_else() -> None:
    rows = likenesses(
        [
            picture("late", flipped(BASE, 3), "carol", 9),
            picture("first", BASE, "alice", 1),
            picture("middle", flipped(BASE, 1), "bob", 5),
            picture("unrelated", BASE ^ 0xFFFF0000FFFF, "dan", 6),
        ]
    )
    assert rows == [
        {"evidence_id": "middle", "of_evidence": "first", "distance": 1},
        {"evidence_id": "late", "of_evidence": "first", "distance": 3},
    ]


def test_an_authors_own_repeats_are_left_out_and_unknown_authors_are_someone_else() -> None:
    assert likenesses([picture("a", BASE, "alice"), picture("b", BASE, "alice", 1)]) == []
    found = likenesses([picture("a", BASE, None), picture("b", BASE, None, 1), picture("c", BASE, "bob", 2)])
    assert [(row["evidence_id"], row["of_evidence"]) for row in found] == [("b", "a"), ("c", "a")]


def test_the_limit_of_likeness() -> None:
    def near(bits: int) -> bool:
        return bool(likenesses([picture("a", BASE, "x"), picture("b", flipped(BASE, bits), "y", 1)]))

    assert near(NEAR_IMAGE)
    assert not near(NEAR_IMAGE + 1)


def test_charts_of_one_design_are_alike_only_when_they_are_the_same() -> None:
    one = picture("a", BASE, "x")
    for bits, near in ((1, True), (2, False)):
        chart = Picture("b", flipped(BASE, bits), "y", BEGIN + timedelta(hours=1), drawn=True)
        assert bool(likenesses([one, chart])) is near
        assert bool(likenesses([replace(one, drawn=True), replace(chart, drawn=False)])) is near


def test_blank_pictures_are_not_like_one_another() -> None:
    assert likenesses([picture("a", 0, "x"), picture("b", 0, "y", 1), picture("c", 2**64 - 1, "z", 2)]) == []


def test_what_is_added_later_gives_the_rows_that_all_together_give() -> None:
    rng = random.Random(4)
    bases = [rng.getrandbits(64) for _ in range(12)]
    every = [
        picture(
            f"p{n:03}", flipped(rng.choice(bases), rng.randrange(6)), rng.choice("abc"), rng.randrange(99)
        )
        for n in range(200)
    ]
    known, new = every[:150], every[150:]
    together = {tuple(row.values()) for row in likenesses(every)}
    before = {tuple(row.values()) for row in likenesses(known)}
    brought = {tuple(row.values()) for row in likenesses(every, new={p.evidence_id for p in new})}
    assert together - before <= brought <= together


def test_many_copies_of_one_picture_give_one_row_each() -> None:
    rows = likenesses([picture(f"p{n:04}", BASE, f"author {n}", n) for n in range(2000)])
    assert len(rows) == 1999
    assert {row["of_evidence"] for row in rows} == {"p0000"}


def test_the_demo_worlds_reposted_pictures_are_found_and_nothing_else() -> None:
    folder = Path(smalti.service.demo_world.__file__).parent / "files" / "social"
    pictures = [
        Picture(
            path.stem,
            int(parse(path.read_bytes(), Request(path.name)).documents[0].pieces[0].payload["phash"], 16),
            path.stem,
            BEGIN + timedelta(hours=hour),
        )
        for hour, path in enumerate(sorted(folder.glob("*.jpg")))
    ]
    found = {(row["evidence_id"], row["of_evidence"]) for row in likenesses(pictures)}
    assert found == {
        ("zzvc_contract_b", "zzvc_contract_a"),
        ("zzvc_contract_c", "zzvc_contract_a"),
        ("zzgt_offer_b", "zzgt_offer_a"),
        ("zzpf_trailer_now", "zzpf_trailer"),
        ("zzpf_trailer_repost", "zzpf_trailer"),
        ("zzcl_desk_again", "zzcl_desk"),
    }
