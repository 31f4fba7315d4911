from dataclasses import replace

import model_worlds as worlds
import numpy as np
import pytest

from smalti.models.case import Pair, voice_vector
from smalti.models.packing import pack
from smalti.platform.records import Modality, SourceKind
from smalti.platform.voice_measures import MEASURES


def a_token(modality=Modality.TEXT):
    return worlds.token(modality, SourceKind.CALL, np.random.default_rng(0), "sentence")


def test_evidence_from_the_future_is_refused():
    with pytest.raises(ValueError, match="after as_of"):
        replace(a_token(), age_days=-0.1)
    with pytest.raises(ValueError, match="after as_of"):
        replace(a_token(), age_days=float("nan"))


def test_a_vector_of_another_length_is_refused():
    with pytest.raises(ValueError, match="384"):
        replace(a_token(), vector=np.zeros(383, np.float32))


@pytest.mark.parametrize(("modality", "value"), [("text", np.nan), ("text", np.inf), ("voice", np.inf)])
def test_numbers_no_encoder_makes_are_refused(modality, value):
    token = a_token(Modality(modality))
    vector = token.vector.copy()
    vector[0] = value
    with pytest.raises(ValueError, match="not finite"):
        replace(token, vector=vector)


def test_an_unknown_voice_measure_is_nan_and_allowed():
    vector = voice_vector({"pitch_mean": 120.0, "hnr": None, "jitter_local": float("inf")})
    assert vector[MEASURES.index("pitch_mean")] == 120
    assert np.isnan(np.delete(vector, MEASURES.index("pitch_mean"))).all()
    assert replace(a_token(Modality.VOICE), vector=vector).pair == Pair.parse("voice@call")


def test_a_price_history_is_seen_as_training_showed_it():
    price = worlds.full_case().tokens[0]
    packed = pack(
        replace(worlds.full_case(), tokens=[replace(price, age_days=2.5, position=0.0)]), [price.pair]
    )
    assert (packed.ages[0], packed.positions[0]) == (0, 1)


def test_packing_leaves_out_pairs_not_asked_for():
    case = worlds.full_case(sentences=4)
    packed = pack(case, [Pair(Modality.VOICE, SourceKind.CALL)])
    assert len(packed) == 4
    assert [case.tokens[at].modality for at in packed.order] == [Modality.VOICE] * 4
