"""Training the three heads: folds by time, firm or text; members; calibration on what was held out.

Each head is an ensemble with one member a fold, fitted on the other folds. What a member says of its own
fold is held out, and all held-out answers together calibrate the head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from smalti.models import calibration, checkpoint
from smalti.models.case import PRICE_FEATURES, RATIOS, Floats, Pair
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import frauds, maec, sentiments
from smalti.models.datasets.labelled import Embed, Sample, folds
from smalti.models.fit import Lesson, Lessons, Plan, Progress, Schedule, fit, outputs_of, quiet
from smalti.models.fusion import FusionKind
from smalti.models.heads import FRAUD, RISK, SENTIMENT, Head
from smalti.models.network import HeadNetwork, Shape
from smalti.models.packing import Packed
from smalti.models.versions import CORE, RESEARCH
from smalti.platform.records import Modality, SourceKind
from smalti.platform.voice_measures import TRUSTED

FEATURES = {Modality.VOICE: TRUSTED, Modality.PRICE: PRICE_FEATURES, Modality.FACT: RATIOS}

SHAPES = {
    RISK.kind: Shape(FEATURES, width=64, latents=8, layers=2, dropout=0.2),
    FRAUD.kind: Shape(FEATURES, width=16, latents=4, layers=1, dropout=0.3),
    SENTIMENT.kind: Shape(FEATURES, width=96, latents=8, layers=2, dropout=0.2),
}
SCHEDULES = {
    RISK.kind: Schedule(epochs=6, batch=32, rate=1e-3),
    FRAUD.kind: Schedule(epochs=15, batch=64, rate=1e-3, decay=0.3),
    SENTIMENT.kind: Schedule(epochs=12, batch=64, rate=1e-3),
}


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How to train.

    Attributes:
        last_label: no risk label may look at a day after this one.
        members: networks a head, and folds.
        epochs: instead of each head's own number.
        sentences: of a call a lesson shows at most so many.
    """

    seed: int = 7
    last_label: date = date(2016, 12, 31)
    members: int = 5
    fusion: FusionKind = FusionKind.HYBRID
    epochs: int | None = None
    sentences: int = 48
    exclude_noncommercial: bool = False


@dataclass(frozen=True, slots=True)
class Studio:
    """Where training happens: settings, a folder for half-finished work, and who is told how far it is."""

    settings: TrainSettings = field(default_factory=TrainSettings)
    folder: Path | None = None
    progress: Progress = quiet

    def plan(self, head: Head, member: int) -> Plan:
        """The plan of one member."""
        shape, schedule = SHAPES[head.kind], SCHEDULES[head.kind]
        settings = self.settings
        return Plan(
            head,
            Shape(shape.features, shape.width, shape.latents, shape.layers, shape.dropout, settings.fusion),
            Schedule(settings.epochs or schedule.epochs, schedule.batch, schedule.rate, schedule.decay),
            settings.seed * 100 + member,
        )

    def fit(self, head: Head, member: int, samples: Sequence[Sample], lessons: Lessons) -> HeadNetwork:
        """Fit one member, from where it was stopped if it was."""
        resume = None if self.folder is None else self.folder / f"{head.kind}-{member}.safetensors"
        progress = _named(self.progress, f"{head.kind} {member + 1}/{self.settings.members}")
        return fit(self.plan(head, member), samples, lessons, resume, progress)


def train(
    data: Path,
    folder: Path,
    embed: Embed,
    embed_images: sentiments.EmbedImages,
    settings: TrainSettings | None = None,
    progress: Progress = quiet,
) -> Path:
    """Train all heads and write their weights.

    Args:
        data: the folder of training sets.
        folder: gets `core.safetensors` and `research.safetensors`; half-finished work lies in `unfinished/`
            beside them, and a second call goes on from it, to the same bytes.
        embed: the text encoder.
        embed_images: the image encoder.
        settings: how; with `exclude_noncommercial` the sets of `research.safetensors` are not even read.
        progress: told of each finished epoch.

    Returns:
        `folder`.

    Raises:
        SettingsError: a training set is not there.
    """
    chosen = TrainSettings() if settings is None else settings
    unfinished = folder / "unfinished"
    unfinished.mkdir(parents=True, exist_ok=True)
    studio = Studio(chosen, unfinished, progress)
    calls, closes = maec.read_calls(data, embed), maec.read_closes(data)
    risk = train_risk(studio, maec.later_samples(calls, closes, chosen.last_label))
    fraud = train_fraud(studio, frauds.read_firm_years(data))
    checkpoint.write([risk, fraud], folder / CORE)
    if not chosen.exclude_noncommercial:
        found = sentiments.samples(sentiments.read_all(data), embed, embed_images)
        checkpoint.write([train_sentiment(studio, found)], folder / RESEARCH)
    return folder


def train_risk(studio: Studio, calls: Sequence[Sequence[Sample]]) -> HeadModel:
    """Risk, from each call's samples (first its own moment's). Folds are stretches of time.

    A member sees no sample whose label window touches its own stretch.
    """
    settings = studio.settings
    having = [samples for samples in calls if samples]
    firsts = [samples[0] for samples in having]
    fold = stretches(firsts, settings.members)
    networks = []
    for member in range(settings.members):
        clear = _clear_of(having, [firsts[at] for at in np.flatnonzero(fold == member)])
        lessons = risk_lessons(clear, settings.sentences)
        networks.append(studio.fit(RISK, member, [samples[0] for samples in clear], lessons))
    through = max(sample.label_end for sample in firsts if sample.label_end is not None)
    table = calibrate_risk(networks, firsts)
    shape = studio.plan(RISK, 0).shape
    return HeadModel(RISK, shape, networks, table, through, [maec.TERMS], settings.seed)


def calibrate_risk(networks: Sequence[HeadNetwork], firsts: Sequence[Sample]) -> calibration.Table:
    """The table of the risk head, from each training call's own moment as its held-out member sees it."""
    fold = stretches(firsts, len(networks))
    cases = [sample.case for sample in firsts]
    outputs = {
        pattern: held_out(networks, fold, [show(case, pattern) for case in cases])
        for pattern in range(1, 1 << len(RISK.pairs))
    }
    targets = np.stack([sample.targets for sample in firsts])
    # Calls of one month share its market, which moves errors more than who calls does.
    months = [f"{sample.as_of:%Y-%m}" for sample in firsts]
    return calibration.fit_risk(outputs, targets, months)


def show(case: Packed, pattern: int) -> Packed:
    """The case with only the tokens of the pairs whose bit is set in `pattern`."""
    return case.take((pattern >> case.pairs & 1).astype(bool))


def held_out(networks: Sequence[HeadNetwork], fold: npt.NDArray[np.int64], cases: Sequence[Packed]) -> Floats:
    """(cases, outputs), of each case from the member that was not fitted on its fold."""
    found = np.full((len(cases), networks[0].head.outputs), np.nan, np.float32)
    for member, network in enumerate(networks):
        own = np.flatnonzero(fold == member)
        found[own] = outputs_of([network], [cases[int(at)] for at in own])
    return found


def risk_lessons(calls: Sequence[Sequence[Sample]], sentences: int) -> Lessons:
    """Every call at its own moment, and two in five again at a later one."""

    def draw(rng: np.random.Generator) -> list[Lesson]:
        lessons = []
        for samples in calls:
            shown = [samples[0]]
            if len(samples) > 1 and rng.random() < 0.4:
                shown.append(samples[int(rng.integers(1, len(samples)))])
            lessons += [(maec.thinned(s.case, rng, sentences, 0.2), s.targets) for s in shown]
        return lessons

    return draw


def stretches(samples: Sequence[Sample], count: int) -> npt.NDArray[np.int64]:
    """Fold of each sample: stretches of time with equally many samples, no day in two."""
    days = np.array([sample.as_of for sample in samples], "datetime64[D]")
    ranks = np.searchsorted(np.sort(days), days)
    fold: npt.NDArray[np.int64] = ranks * count // len(samples)
    return fold


def _clear_of(calls: Sequence[Sequence[Sample]], own: Sequence[Sample]) -> list[list[Sample]]:
    """The calls' samples whose label windows do not touch those of `own`."""
    start = min(sample.as_of for sample in own if sample.as_of is not None)
    end = max(sample.label_end for sample in own if sample.label_end is not None)

    def clear(sample: Sample) -> bool:
        assert sample.as_of is not None
        assert sample.label_end is not None
        return sample.label_end < start or sample.as_of > end

    return [[s for s in samples if clear(s)] for samples in calls if clear(samples[0])]


def train_fraud(studio: Studio, samples: Sequence[Sample]) -> HeadModel:
    """Fraud, from firm-years. Folds are of firms."""
    settings = studio.settings
    networks, logits = fit_fraud_folds(studio, samples)
    labels = np.array([sample.targets[0] for sample in samples], np.float32)
    groups = [sample.group for sample in samples]
    table = calibration.fit_fraud(logits, labels, groups, settings.seed)
    shape = studio.plan(FRAUD, 0).shape
    return HeadModel(FRAUD, shape, networks, table, frauds.RELEASED_THROUGH, [frauds.TERMS], settings.seed)


def fit_fraud_folds(studio: Studio, samples: Sequence[Sample]) -> tuple[list[HeadNetwork], Floats]:
    """Members, and the held-out logit of each sample."""
    fold = folds([sample.group for sample in samples], studio.settings.members, studio.settings.seed)
    networks = []
    for member in range(studio.settings.members):
        kept = [sample for sample, at in zip(samples, fold, strict=True) if at != member]
        blind = [frauds.without_market(sample) for sample in kept]
        networks.append(studio.fit(FRAUD, member, [*kept, *blind], fraud_lessons([*kept, *blind])))
    return networks, held_out(networks, fold, [sample.case for sample in samples])[:, 0]


def fraud_lessons(samples: Sequence[Sample]) -> Lessons:
    """All misstated firm-years and thirty others for each."""

    def draw(rng: np.random.Generator) -> list[Lesson]:
        return [(frauds.shown_years(s.case, rng), s.targets) for s in frauds.balanced(samples, rng, 30)]

    return draw


def train_sentiment(studio: Studio, samples: Sequence[Sample]) -> HeadModel:
    """Sentiment, from labelled texts. Folds are of groups of near-identical texts."""
    settings = studio.settings
    fold = folds([sample.group for sample in samples], settings.members, settings.seed)
    networks = []
    for member in range(settings.members):
        kept = [sample for sample, at in zip(samples, fold, strict=True) if at != member]
        networks.append(studio.fit(SENTIMENT, member, kept, sentiment_lessons(kept)))
    table = calibrate_sentiment(networks, samples, settings.seed)
    terms = [sentiments.PHRASEBANK, sentiments.FIQA, sentiments.GOLD, sentiments.POSTS]
    through = sentiments.PUBLISHED_THROUGH
    shape = studio.plan(SENTIMENT, 0).shape
    return HeadModel(SENTIMENT, shape, networks, table, through, terms, settings.seed)


def calibrate_sentiment(
    networks: Sequence[HeadNetwork], samples: Sequence[Sample], seed: int
) -> calibration.Table:
    """The table of the sentiment head, from texts as their held-out member sees them."""
    fold = folds([sample.group for sample in samples], len(networks), seed)
    single = answers(networks, fold, single_texts(samples, fold, seed))
    bags = answers(networks, *small_bags(samples, fold, seed))
    both = _of_several_pairs(networks, samples, fold)
    return calibration.fit_sentiment(single, bags, both, 1 << len(SENTIMENT.pairs))


def answers(
    networks: Sequence[HeadNetwork], fold: npt.NDArray[np.int64], lessons: Sequence[Lesson]
) -> calibration.Answers:
    """What the members say of lessons of folds they were not fitted on."""
    return calibration.Answers(
        held_out(networks, fold, [case for case, _ in lessons]),
        np.array([targets for _, targets in lessons], np.float32).reshape(-1, networks[0].head.targets),
        np.array([case.pattern for case, _ in lessons], np.int64),
    )


def small_bags(
    samples: Sequence[Sample], fold: npt.NDArray[np.int64], seed: int, draws: int = 3000
) -> tuple[npt.NDArray[np.int64], list[Lesson]]:
    """The fold and lesson of bags of two to four tokens, where news and posts are together.

    As in training most lean to one side. More texts make a bag easier, so these stand for the hardest.
    """
    places, lessons = [], []
    news = 1 << SENTIMENT.pairs.index(Pair(Modality.TEXT, SourceKind.NEWS))
    for member in range(int(fold.max()) + 1):
        rng = np.random.default_rng([seed, member, 1])
        own = [sample for sample, at in zip(samples, fold, strict=True) if at == member]
        sign = np.array([np.nan_to_num(sample.targets[-1]) for sample in own])
        for _ in range(draws):
            lean = np.exp(rng.normal(0, 2) * sign)
            chosen = rng.choice(len(own), min(len(own), int(rng.integers(2, 5))), p=lean / lean.sum())
            case, targets = sentiments.bag([own[int(at)] for at in chosen], rng, 0.2)
            if len(case) <= 4 and case.pattern & news and case.pattern != news:
                places.append(member)
                lessons.append((case, targets))
    return np.array(places, np.int64), lessons


def single_texts(samples: Sequence[Sample], fold: npt.NDArray[np.int64], seed: int) -> list[Lesson]:
    """Each sample as a case of its own, some without their text or picture."""
    lessons: dict[int, Lesson] = {}
    for member in range(int(fold.max()) + 1):
        own = np.flatnonzero(fold == member)
        draw = sentiment_lessons([samples[int(at)] for at in own], single=True)
        lessons |= zip(own.tolist(), draw(np.random.default_rng([seed, member])), strict=True)
    return [lessons[at] for at in range(len(samples))]


def _of_several_pairs(
    networks: Sequence[HeadNetwork], samples: Sequence[Sample], fold: npt.NDArray[np.int64]
) -> calibration.Shown:
    """The samples of the commonest pattern of more than one pair, whole and with each pair alone."""
    patterns = np.array([sample.case.pattern for sample in samples])
    several = np.flatnonzero([int(pattern).bit_count() > 1 for pattern in patterns])
    whole = int(np.bincount(patterns[several]).argmax()) if len(several) else 0
    own = np.flatnonzero(patterns == whole)
    chosen = [samples[int(at)] for at in own]
    shown = [whole, *(1 << bit for bit in range(len(SENTIMENT.pairs)) if whole >> bit & 1)]
    outputs = {
        pattern: held_out(networks, fold[own], [show(sample.case, pattern) for sample in chosen])
        for pattern in shown
        if len(own)
    }
    targets = np.array([sample.targets for sample in chosen], np.float32).reshape(-1, SENTIMENT.targets)
    return calibration.Shown(outputs, targets, [sample.group for sample in chosen])


def sentiment_lessons(samples: Sequence[Sample], single: bool = False) -> Lessons:
    """Texts alone and, unless all are to be shown `single`, a third as many bags of 2 to 32 texts.

    Of the gold headlines two in five are drawn: there are most of them, and of one subject.

    Most bags lean to one side, since an issuer's day has a drift and the mean of random texts has none.
    """
    sign = np.array([np.nan_to_num(sample.targets[-1]) for sample in samples])

    def draw(rng: np.random.Generator) -> list[Lesson]:
        gold = np.array([sample.name.startswith("gold") for sample in samples])
        drawn = np.flatnonzero(~gold | (rng.random(len(samples)) < 0.4) | single)
        lessons = [sentiments.bag([samples[int(at)]], rng, 0.2) for at in drawn]
        for _ in range(0 if single else len(drawn) // 3):
            lean = np.exp(rng.normal(0, 2) * sign)
            size = int(2 ** rng.uniform(1, 5))
            chosen = rng.choice(len(samples), size, p=lean / lean.sum())
            lessons.append(sentiments.bag([samples[int(at)] for at in chosen], rng, 0.2))
        return lessons

    return draw


def _named(progress: Progress, name: str) -> Callable[[str, int, int], None]:
    return lambda _, done, total: progress(name, done, total)
