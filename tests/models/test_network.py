import model_worlds as worlds
import numpy as np
import pytest
import torch

from smalti.models.fusion import FusionKind
from smalti.models.heads import RISK, loss
from smalti.models.network import Features, HeadNetwork, Shape
from smalti.models.packing import collate, pack
from smalti.models.training import FEATURES
from smalti.platform.records import Modality


@pytest.fixture(params=list(FusionKind))
def network(request):
    torch.manual_seed(0)
    found = HeadNetwork(RISK, Shape(FEATURES, width=16, latents=3, dropout=0.0, fusion=request.param)).eval()
    torch.nn.init.normal_(found.out.weight)
    return found


def batch_of(keep=(0, 1, 2)):
    packed = pack(worlds.full_case(), RISK.pairs)
    return collate([packed.take(np.isin(packed.pairs, keep))])


def test_hiding_a_token_is_the_same_as_not_having_it(network):
    hidden = batch_of()
    shown = hidden.pairs != 2
    torch.testing.assert_close(network(hidden, shown), network(batch_of((0, 1))), atol=1e-5, rtol=1e-5)


def test_an_absent_modality_has_a_learned_token_of_its_own(network):
    before = network(batch_of((0, 1)))
    with_all = network(batch_of())
    with torch.no_grad():
        network.absent[2] += torch.randn(16)
    assert torch.equal(network(batch_of()), with_all)
    if network.fusion.__class__.__name__ != "Late":  # its absent pairs have no say
        assert not torch.allclose(network(batch_of((0, 1))), before)


def test_every_modality_shown_moves_every_way_to_fuse(network):
    full = network(batch_of())
    for left_out in range(3):
        assert not torch.allclose(network(batch_of({0, 1, 2} - {left_out})), full)


def test_an_untaught_network_is_its_linear_baseline():
    network = HeadNetwork(RISK, Shape(FEATURES, width=16)).eval()
    with torch.no_grad():
        network.baseline.weight.normal_()
        network.start.fill_(-4.0)
    batch = batch_of()
    expected = network.baseline(network.ready(Modality.PRICE, batch.vectors[Modality.PRICE]))
    torch.testing.assert_close(network(batch), expected)
    torch.testing.assert_close(network(batch_of((1, 2))), torch.full((1, 8), -4.0))


def test_features_stay_in_the_range_training_knew():
    features = Features(Modality.FACT, FEATURES[Modality.FACT])
    rows = np.random.default_rng(0).normal(5, 2, (500, 10)).astype(np.float32)
    rows[::5, 3] = np.nan
    features.fit(rows)
    wild = np.full((1, 10), 1e30, np.float32)
    wild[0, 3] = np.nan
    ready = features(torch.from_numpy(wild)).numpy()[0]
    assert ready.shape == (20,)
    assert np.abs(ready).max() <= 4
    assert ready[3] == 0
    assert list(ready[10:]) == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_an_unknown_label_teaches_nothing():
    outputs = torch.randn(3, 8, requires_grad=True)
    targets = torch.full((3, 4), float("nan"))
    targets[0, 1] = -4.0
    loss(RISK, outputs, targets).backward()
    taught = outputs.grad != 0
    assert taught.nonzero().tolist() == [[0, 1], [0, 5]]
