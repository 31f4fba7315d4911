"""Tables can be fitted anew, the networks left as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.models import model_worlds as worlds

from smalti.models import checkpoint
from smalti.models.heads import FRAUD, RISK, SENTIMENT
from smalti.models.recalibration import recalibrate
from smalti.models.versions import CORE, RESEARCH, weights_version
from smalti.platform.errors import WeightsError


def test_tables_change_and_networks_and_file_names_do_not(tmp_path: Path) -> None:
    data = worlds.write_opinions(worlds.write_data(tmp_path / "data"))
    (tmp_path / "old").mkdir()
    core = [replace(worlds.random_model(head), trained_through=date(2016, 12, 29)) for head in (RISK, FRAUD)]
    checkpoint.write(core, tmp_path / "old" / CORE)
    checkpoint.write([worlds.random_model(SENTIMENT)], tmp_path / "old" / RESEARCH)
    new = recalibrate(tmp_path / "old", tmp_path / "new", data, worlds.embed, worlds.embed_images)
    assert weights_version(new) != weights_version(tmp_path / "old")
    for name in (CORE, RESEARCH):
        before, after = (checkpoint.read(folder / name)[0] for folder in (tmp_path / "old", new))
        for old, fresh in zip(before, after, strict=True):
            for network, same in zip(old.networks, fresh.networks, strict=True):
                pairs = zip(network.state_dict().values(), same.state_dict().values(), strict=True)
                assert all(torch.equal(a, b) for a, b in pairs)
    tables = {
        model.head.kind: model.table for name in (CORE, RESEARCH) for model in checkpoint.read(new / name)[0]
    }
    np.testing.assert_array_equal(tables[FRAUD.kind]["platt"], core[1].table["platt"])
    assert tables[RISK.kind]["half_width"].shape == (8, 4)
    assert not np.isnan(tables[RISK.kind]["error_gain"][1, 1]).any()
    assert np.isnan(tables[RISK.kind]["error_gain"][0]).all()
    assert (tables[SENTIMENT.kind]["reach"] > 0).all()


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights"):
        recalibrate(tmp_path, tmp_path / "new", tmp_path, worlds.embed, worlds.embed_images)
