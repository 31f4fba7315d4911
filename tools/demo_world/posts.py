"""Social posts as JSON lines, and the burst that pumps one issuer."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta

from .world import SEED, Company

BURST_START = datetime(2026, 5, 12, 13, 2, tzinfo=UTC)
BURST_HOURS = 44
BURST_POSTS = 54
PUMP_PICTURES = ("zzvc_contract_a.jpg", "zzvc_contract_b.jpg", "zzvc_contract_c.jpg")


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `created_at` is ISO UTC, `user_id` a role."""

    id: str
    created_at: str
    user_id: str
    followers: int
    text: str
    image: str | None = None
    synthetic: bool = True
    repost_of: str | None = None
    original_author: str | None = None


_QUIET = {
    "zzmh": (
        "Installed two $ZZMH flow meters at the water plant this week, setup took an hour.",
        "Anyone know when $ZZMH reports? Expecting a dull quarter.",
        "$ZZMH backlog has been shrinking since spring. Watching from the side.",
        "Added a few shares of $ZZMH, service contracts look sticky.",
        "$ZZMH transmitters are getting undercut on price by new entrants.",
        "Nice contract for $ZZMH with the river utilities, small but good.",
        "$ZZMH pays a fair dividend, happy to hold.",
    ),
    "zzvc": (
        "$ZZVC zinc cells are interesting chemistry but the cash is running low.",
        "Another share sale coming from $ZZVC I guess. Dilution again.",
        "Volume in $ZZVC is so thin today that my order moved the price.",
        "$ZZVC pilot line photos look fine. Show me customers.",
        "Not touching $ZZVC, it has lost money every single year.",
    ),
    "zzwl": (
        "$ZZWL boxes at the door again. Boring company, good boxes.",
        "$ZZWL does what it says, quarter after quarter. No drama.",
        "Paper prices up, $ZZWL passes it on as usual.",
        "Holding $ZZWL for income, nothing to report.",
        "Drove past the $ZZWL plant in Ohio, they are making room for the new box line.",
        "$ZZWL trades like a boring bond, and that is just what I wanted from it.",
    ),
}
_AFTER = {
    "zzmh": (
        date(2026, 3, 3),
        (
            "$ZZMH said record 412 million on the call and the filing says 371. How?",
            "Material weakness at $ZZMH. I sold everything this morning.",
            "$ZZMH receivables exploded while sales fell. Terrible.",
            "The chart in the $ZZMH filing starts at 385 and shows 412. The table says 371.4.",
            "Lawsuits coming for $ZZMH holders? Feeling misled by that call.",
            "$ZZMH down again, lenders next.",
        ),
    ),
    "zzvc": (
        date(2026, 5, 15),
        (
            "$ZZVC company says the contract picture is false. Lost half my money.",
            "Classic pump and dump in $ZZVC, same message from fifty accounts.",
            "Bagholding $ZZVC after that fake contract. Awful.",
        ),
    ),
}
_FIRST_DAY = {"zzwl": date(2025, 11, 1)}  # so that one of its posts is fresh on the day of the burst
_PUMP = tuple(
    "{rocket}" + text + "{bang}"
    for text in (
        "$ZZVC just SIGNED a 900 million contract with a car maker! Price target $25, get in before the news",
        "$ZZVC just signed a $900 million contract with a car maker! Price target 25, get in before news",
        "BREAKING: $ZZVC just SIGNED a 900 million contract with a car maker, price target $25. Get in "
        "before the news",
    )
)


def posts(story: Company) -> list[Post]:
    """All posts about one issuer, in time order; the same for the same seed."""
    rng = random.Random(f"{SEED}-{story.key}")  # noqa: S311 - to repeat, not to keep secrets
    drafts = _written(story)
    if story.key in _QUIET:
        drafts += [*_ordinary(story, rng), *(_burst(rng) if story.role == "pumped" else [])]
    drafts.sort(key=lambda post: post.created_at)
    ids = {post.text: f"{story.key}-{n:04d}" for n, post in enumerate(drafts, 1)}
    return [_numbered(post, f"{story.key}-{n:04d}", ids) for n, post in enumerate(drafts, 1)]


def _written(story: Company) -> list[Post]:
    """Posts that the story gives one by one."""
    return [
        Post(
            "",
            draft.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            draft.account,
            draft.followers,
            draft.text,
            draft.image,
            repost_of=draft.repost_of,
            original_author=draft.original_author,
        )
        for draft in story.drafts
    ]


def _numbered(post: Post, key: str, ids: dict[str, str]) -> Post:
    return replace(post, id=key, repost_of=ids[post.repost_of] if post.repost_of else None)


def _ordinary(story: Company, rng: random.Random) -> list[Post]:
    turn, late = _AFTER.get(story.key, (date(2026, 7, 1), ()))
    out: list[Post] = []
    day = _FIRST_DAY.get(story.key, date(2025, 11, 3))
    texts = {False: list(_QUIET[story.key]), True: list(late)}
    used = {False: 0, True: 0}
    while day <= date(2026, 6, 26):
        bad = day >= turn
        at = datetime(
            day.year,
            day.month,
            day.day,
            rng.randint(13, 21),
            rng.randint(0, 59),
            rng.randint(0, 59),
            tzinfo=UTC,
        )
        text = texts[bad][used[bad] % len(texts[bad])]
        used[bad] += 1
        image = _picture_for(story.key, text, used[bad])
        account = f"retail account {rng.randint(1, 40)}"
        out.append(
            Post(
                "", at.strftime("%Y-%m-%dT%H:%M:%SZ"), account, rng.randint(20, 2400), _vary(text, rng), image
            )
        )
        day += timedelta(days=rng.randint(3, 9) if bad else rng.randint(7, 16))
    return out


def _vary(text: str, rng: random.Random) -> str:
    """Repeated ordinary posts differ by an opening, as people do not repeat themselves word for word."""
    openings = ("", "", "Honestly: ", "My view: ", "Morning all. ", "Fwiw, ", "Update: ", "Still thinking. ")
    return rng.choice(openings) + text


def _picture_for(key: str, text: str, nth: int) -> str | None:
    marks = {
        "Installed two": "zzmh_flow_meter.jpg",
        "The chart in": "zzmh_filing_chart.png",
        "pilot line photos": "zzvc_pilot_cells.jpg",
        "boxes at the door": "zzwl_box.jpg",
        "trades like a boring bond": "zzwl_price.png",
    }
    name = next((file for mark, file in marks.items() if mark in text), None)
    return name if nth <= 12 else None


def _burst(rng: random.Random) -> list[Post]:
    out: list[Post] = []
    for n in range(BURST_POSTS):
        # Two waves, each dying away: the open of the first day and the morning of the second.
        wave = 0.0 if n % 3 else 20.5
        at = BURST_START + timedelta(hours=min(BURST_HOURS, wave + rng.expovariate(1 / 2.2)))
        text = rng.choice(_PUMP).format(
            rocket=rng.choice(("🚀 ", "🚀🚀 ", "")), bang=rng.choice(("!", "!!", " 🔥", "."))
        )
        account = f"promotion account {1 + n % 41}"
        image = PUMP_PICTURES[rng.randrange(3)]
        out.append(Post("", at.strftime("%Y-%m-%dT%H:%M:%SZ"), account, rng.randint(0, 60), text, image))
    return out


def json_lines(rows: list[Post]) -> str:
    """One JSON object a line; posts without a picture have no `image`."""
    lines = []
    for post in rows:
        fields = {name: value for name, value in asdict(post).items() if value is not None}
        lines.append(json.dumps(fields, ensure_ascii=False))
    return "\n".join(lines) + "\n"
