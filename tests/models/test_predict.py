from dataclasses import replace
from datetime import UTC, datetime

import model_worlds as worlds
import numpy as np
import pytest

from smalti.models.case import Case
from smalti.models.checkpoint import write
from smalti.models.heads import FRAUD, HEADS, HORIZONS, RISK, SENTIMENT
from smalti.models.packing import collate, pack
from smalti.models.predict import Predictor
from smalti.platform.errors import WeightsError
from smalti.platform.records import Modality, SignalKind


@pytest.fixture(scope="module")
def predictor():
    return Predictor(worlds.random_models(), "test")


def values(prediction, kind=None):
    return [score.value for score in prediction.scores if kind in (None, score.kind)]


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.kind)
def test_tokens_of_untrained_pairs_cannot_move_a_head(predictor, head):
    case = worlds.full_case()
    rng = np.random.default_rng(9)
    disturbed = [
        t
        if t.pair in head.pairs
        else replace(t, vector=(t.vector + rng.normal(0, 50, t.vector.shape)).astype("f4"))
        for t in case.tokens
    ]
    assert any(a is not b for a, b in zip(case.tokens, disturbed, strict=True))
    alone = [t for t in case.tokens if t.pair in head.pairs]
    (one, other, bare) = predictor.predict(
        [case, replace(case, tokens=disturbed), replace(case, tokens=alone)]
    )
    assert values(one, head.kind) == values(other, head.kind) == values(bare, head.kind)


def test_scores_do_not_depend_on_batch_mates_or_on_token_order(predictor):
    cases = [worlds.full_case(seed, sentences=2 + 9 * seed, issuer=str(seed)) for seed in range(3)]
    together = predictor.predict(cases)
    for case, found in zip(cases, together, strict=True):
        assert predictor.predict([case])[0] == found
        assert predictor.predict([replace(case, tokens=case.tokens[::-1])])[0] == found


def test_padding_in_a_training_batch_moves_nothing():
    network = worlds.random_model(RISK).networks[0]
    packed = [pack(worlds.full_case(seed, sentences=2 + 9 * seed), RISK.pairs) for seed in range(3)]
    together = network(collate(packed)).detach().numpy()
    alone = np.concatenate([network(collate([one])).detach().numpy() for one in packed])
    np.testing.assert_allclose(together, alone, atol=2e-6)


def test_a_score_names_what_it_used_missed_and_was_never_taught(predictor):
    case = worlds.full_case()
    case = replace(case, tokens=[t for t in case.tokens if t.modality is not Modality.VOICE])
    by_kind = {score.kind: score for score in predictor.predict([case])[0].scores}
    risk = by_kind[SignalKind.RISK]
    assert risk.used == ("price@price", "text@call")
    assert risk.missing == ("voice@call",)
    assert risk.not_trained == ("fact@filing", "image@social", "text@news")
    assert by_kind[SignalKind.FRAUD].used == ("fact@filing",)
    assert by_kind[SignalKind.SENTIMENT].missing == ("text@social",)


def test_an_empty_case_has_no_values_and_says_why(predictor):
    prediction = predictor.predict([Case("A", worlds.AS_OF, [])])[0]
    assert values(prediction) == [None] * (len(HORIZONS) + 2)
    assert all("nothing of what" in score.reason for score in prediction.scores)


def test_a_case_before_the_last_label_is_marked_in_sample(predictor):
    late, early = (
        worlds.full_case(),
        replace(worlds.full_case(), as_of=datetime(2016, 12, 29, 23, tzinfo=UTC)),
    )
    marks = [{s.in_sample for s in p.scores} for p in predictor.predict([late, early])]
    assert marks == [{False}, {True}]


def test_units_are_those_of_signals(predictor):
    scores = predictor.predict([worlds.full_case()])[0].scores
    assert [(s.kind, s.horizon_days) for s in scores] == [
        *((SignalKind.RISK, h) for h in (3, 7, 15, 30)),
        (SignalKind.FRAUD, 0),
        (SignalKind.SENTIMENT, 0),
    ]
    for score in scores:
        assert score.low <= score.value <= score.high
        assert score.percentile is None or 0 <= score.percentile <= 100
    assert abs(sum(scores[-1].details.values()) - 1) < 1e-5


def test_without_the_research_file_sentiment_is_not_trained(tmp_path):
    models = {model.head: model for model in worlds.random_models()}
    write([models[RISK], models[FRAUD]], tmp_path / "core.safetensors")
    core = Predictor.load(tmp_path)
    case = worlds.full_case()
    sentiment = core.predict([case])[0].scores[-1]
    assert sentiment.value is None
    assert "not installed" in sentiment.reason
    assert "text@news" in sentiment.not_trained
    assert core.trained[SignalKind.SENTIMENT] == ()
    write([models[SENTIMENT]], tmp_path / "research.safetensors")
    both = Predictor.load(tmp_path)
    assert both.version.startswith(core.version + "+research-")
    assert both.predict([case])[0].scores[:-1] == core.predict([case])[0].scores[:-1]
    assert both.predict([case]) == Predictor(list(models.values()), "same").predict([case])


def test_missing_and_broken_weights_say_so(tmp_path):
    with pytest.raises(WeightsError, match="smalti train"):
        Predictor.load(tmp_path)
    (tmp_path / "core.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      junk")
    with pytest.raises(WeightsError, match=r"core\.safetensors"):
        Predictor.load(tmp_path)
