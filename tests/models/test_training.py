from dataclasses import replace
from datetime import date

import model_worlds as worlds
import numpy as np
import pytest

from smalti.models import checkpoint
from smalti.models.datasets import frauds, maec, sentiments
from smalti.models.datasets.labelled import folds
from smalti.models.heads import FRAUD, RISK
from smalti.models.predict import Predictor
from smalti.models.training import Studio, TrainSettings, _clear_of, fraud_lessons, train
from smalti.platform.errors import SettingsError
from smalti.platform.records import SignalKind

QUICK = TrainSettings(members=2, epochs=2)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return worlds.write_data(tmp_path_factory.mktemp("data"))


def no_images(files):
    raise AssertionError("a picture of a non-commercial set was read")


class Stopped(Exception):
    pass


def test_training_without_noncommercial_sets_needs_none_of_them(data, tmp_path):
    settings = replace(QUICK, exclude_noncommercial=True)
    train(data, tmp_path, worlds.embed, no_images, settings)
    assert not (tmp_path / "research.safetensors").exists()
    predictor = Predictor.load(tmp_path)
    assert all(terms.commercial for model in predictor.models.values() for terms in model.terms)
    scores = {s.kind: s for s in predictor.predict([worlds.full_case()])[0].scores}
    assert scores[SignalKind.RISK].value > 0
    assert 0 < scores[SignalKind.FRAUD].value < 1
    assert scores[SignalKind.SENTIMENT].value is None


def test_all_sets_train_all_heads_and_leave_the_core_file_as_it_was(data, tmp_path):
    train(data, tmp_path / "core", worlds.embed, no_images, replace(QUICK, exclude_noncommercial=True))
    both = worlds.write_opinions(tmp_path / "data")
    for name in ("maec", "fraud"):
        (both / name).symlink_to(data / name)
    train(both, tmp_path / "all", worlds.embed, worlds.embed_images, QUICK)
    core = [(tmp_path / where / "core.safetensors").read_bytes() for where in ("core", "all")]
    assert core[0] == core[1]
    predictor = Predictor.load(tmp_path / "all")
    assert not any(terms.commercial for terms in predictor.models[SignalKind.SENTIMENT].terms)
    assert predictor.predict([worlds.full_case()])[0].scores[-1].value is not None


def test_stopped_training_goes_on_to_the_same_bytes(data, tmp_path):
    settings = replace(QUICK, exclude_noncommercial=True)
    epochs = []

    def stop(name, done, total):
        epochs.append((name, done, total))
        if len(epochs) == 3:
            raise Stopped

    with pytest.raises(Stopped):
        train(data, tmp_path / "stopped", worlds.embed, no_images, settings, stop)
    train(data, tmp_path / "stopped", worlds.embed, no_images, settings, lambda *told: epochs.append(told))
    train(data, tmp_path / "straight", worlds.embed, no_images, settings)
    assert len(epochs) == len(set(epochs)) == 8
    files = [(tmp_path / name / "core.safetensors").read_bytes() for name in ("stopped", "straight")]
    assert files[0] == files[1]


def test_a_missing_set_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"sentences\.parquet"):
        train(tmp_path / "nowhere", tmp_path, worlds.embed, no_images, QUICK)


def test_no_label_looks_past_the_last_day_allowed(data):
    calls, closes = maec.read_calls(data, worlds.embed), maec.read_closes(data)
    last = date(2015, 12, 31)
    found = [sample for samples in maec.later_samples(calls, closes, last) for sample in samples]
    assert len(found) > 10
    for sample in found:
        assert sample.label_end <= last
        days = closes[sample.group].days
        start = closes[sample.group].until(sample.as_of) - 1
        for horizon, target in zip((3, 7, 15, 30), sample.targets, strict=True):
            assert np.isnan(target) == (days[start + horizon] > np.datetime64(last))


def test_a_label_is_the_deviation_of_the_returns_that_follow(data):
    calls, closes = maec.read_calls(data, worlds.embed), maec.read_closes(data)
    sample = maec.later_samples(calls[:1], closes, date(2016, 12, 31))[0][0]
    levels = closes[sample.group].levels
    start = closes[sample.group].until(calls[0].day) - 1
    returns = levels[start + 1 : start + 8] / levels[start : start + 7] - 1
    assert sample.targets[1] == pytest.approx(np.log(returns.std()), abs=1e-5)


def test_a_member_sees_no_label_window_that_touches_its_own_stretch(data):
    calls, closes = maec.read_calls(data, worlds.embed), maec.read_closes(data)
    samples = maec.later_samples(calls, closes, date(2016, 12, 31))
    own = [samples[at][0] for at in range(8, 12)]
    start, end = own[0].as_of, max(sample.label_end for sample in own)
    clear = _clear_of(samples, own)
    assert clear
    assert all(s.label_end < start or s.as_of > end for kept in clear for s in kept)


def test_groups_never_stand_on_both_sides_of_a_split():
    groups = [f"firm-{n % 37}" for n in range(400)]
    fold = folds(groups, 5, seed=1)
    assert len({(group, at) for group, at in zip(groups, fold, strict=True)}) == 37
    assert np.ptp(np.bincount(fold)) <= 40


def test_a_call_packs_to_what_its_tokens_would(data):
    from smalti.models.case import Case, Token
    from smalti.models.packing import pack

    call = maec.read_calls(data, worlds.embed)[0]
    case = maec.call_case(call, np.zeros(10, np.float32), 2.0)
    text, voice, price = RISK.pairs[1], RISK.pairs[2], RISK.pairs[0]
    rows = zip(call.text, call.voice, strict=True)
    tokens = [Token(price.modality, price.source, np.zeros(10, np.float32), 0.0, 1.0, "p")]
    for at, (words, measures) in enumerate(rows):
        tokens.append(Token(text.modality, text.source, words, 2.0, at / 2, str(at)))
        tokens.append(Token(voice.modality, voice.source, measures, 2.0, at / 2, str(at)))
    packed = pack(Case("A", worlds.AS_OF, tokens), RISK.pairs)
    assert list(packed.vectors) == list(case.vectors)
    for modality in case.vectors:
        np.testing.assert_array_equal(packed.vectors[modality], case.vectors[modality])
    for name in ("pairs", "ages", "positions"):
        np.testing.assert_array_equal(getattr(packed, name), getattr(case, name))


def test_modality_dropout_always_keeps_one(data):
    call = maec.read_calls(data, worlds.embed)[0]
    case = maec.call_case(call, np.zeros(10, np.float32), 0.0)
    rng = np.random.default_rng(0)
    shown = [frozenset(maec.thinned(case, rng, 2, drop=0.9).pairs.tolist()) for _ in range(300)]
    assert frozenset() not in shown
    assert len(set(shown)) >= 6


def test_sentences_keep_their_voice_when_thinned(data):
    call = maec.read_calls(data, worlds.embed)[0]
    case = maec.call_case(call, None, 0.0)
    thin = maec.thinned(case, np.random.default_rng(0), 2, drop=0.0)
    text, voice = (thin.positions[thin.pairs == RISK.pairs.index(pair)] for pair in RISK.pairs[1:])
    np.testing.assert_array_equal(text, voice)
    assert len(text) == 2


def test_fraud_lessons_hold_every_misstated_year(data):
    samples = frauds.read_firm_years(data)
    lessons = fraud_lessons(samples)(np.random.default_rng(0))
    assert sum(target[0] for _, target in lessons) == sum(s.targets[0] for s in samples) == 5


def test_a_firm_year_shows_its_own_past_and_not_its_future(data):
    sample = next(s for s in frauds.read_firm_years(data) if s.name == "4-1999")
    assert len(sample.case) == 2
    assert list(sample.case.positions) == pytest.approx([0, 0.1])
    blind = frauds.without_market(sample).case.vectors
    assert np.isnan(next(iter(blind.values()))[:, frauds.RATIOS.index("size")]).all()


def test_near_identical_texts_form_one_group():
    vectors = worlds.embed(["profit rose well today", "profit rose well today", "gold fell"])
    group = sentiments.near_identical(vectors, 0.9)
    assert group[0] == group[1] != group[2]


def test_headlines_after_the_last_label_date_are_left_out(tmp_path):
    names = [o.text for o in sentiments.read_gold(worlds.write_opinions(tmp_path))]
    assert len(names) == 36
    assert "gold up later" not in names


def test_a_bag_has_the_mean_label_of_its_texts(tmp_path):
    folder = worlds.write_opinions(tmp_path)
    found = sentiments.samples(sentiments.read_phrasebank(folder), worlds.embed, worlds.embed_images)
    case, target = sentiments.bag(found[:4], np.random.default_rng(0), 0.2)
    assert len(case) == 4
    np.testing.assert_allclose(target, np.mean([s.targets for s in found[:4]], 0), atol=1e-6)


def test_the_same_heads_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        checkpoint.write(worlds.random_models(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_each_member_has_its_own_seed():
    studio = Studio(TrainSettings(seed=3))
    assert [studio.plan(FRAUD, member).seed for member in range(3)] == [300, 301, 302]
