"""Trained heads on disk: one safetensors file for each group of licences.

`core.safetensors` holds the heads taught with data that may be used commercially; `research.safetensors`
the others. They share no number, and either works without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file

from smalti.models.calibration import Table
from smalti.models.datasets.labelled import Terms
from smalti.models.fusion import FusionKind
from smalti.models.heads import HEADS, Head
from smalti.models.network import HeadNetwork, Shape
from smalti.models.versions import CORE, RESEARCH
from smalti.platform.errors import WeightsError
from smalti.platform.records import Modality

__all__ = ["CORE", "RESEARCH", "HeadModel", "read", "write"]

FORMAT = "1"


@dataclass(frozen=True, slots=True, eq=False)
class HeadModel:
    """A trained head.

    Attributes:
        networks: its members; their outputs are averaged.
        table: its calibration.
        trained_through: the last day any of its labels looks at or became known on.
        terms: the sets it learned from.
        seed: of everything random in its training.
    """

    head: Head
    shape: Shape
    networks: Sequence[HeadNetwork]
    table: Table
    trained_through: date
    terms: Sequence[Terms]
    seed: int


def write(models: Sequence[HeadModel], path: Path) -> None:
    """Write heads to one file; the same heads give the same bytes."""
    tensors: dict[str, torch.Tensor] = {}
    cards = []
    for model in models:
        kind = model.head.kind.value
        for member, network in enumerate(model.networks):
            for key, value in network.state_dict().items():
                tensors[f"{kind}.{member}.{key}"] = value.contiguous()
        for key, array in model.table.items():
            tensors[f"{kind}.table.{key}"] = torch.from_numpy(array).contiguous()
        cards.append(
            {
                "kind": kind,
                "pairs": [str(pair) for pair in model.head.pairs],
                "members": len(model.networks),
                "shape": {**asdict(model.shape), "features": dict(model.shape.features)},
                "trained_through": model.trained_through.isoformat(),
                "terms": [asdict(terms) for terms in model.terms],
                "seed": model.seed,
            }
        )
    unfinished = path.with_suffix(".part")
    # One entry: the library writes several in no fixed order, and the same heads must give the same bytes.
    stated = json.dumps({"format": FORMAT, "heads": cards}, sort_keys=True)
    save_file(tensors, unfinished, {"smalti": stated})
    unfinished.replace(path)


def read(path: Path) -> tuple[list[HeadModel], str]:
    """The heads in a file, and the first 12 hex digits of the SHA-256 of its bytes.

    Raises:
        WeightsError: it is not a file this version can use.
    """
    raw = path.read_bytes()
    mend = "train again with this version, or remove the file"
    try:
        tensors = load(raw)
        metadata = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])["__metadata__"]
        stated = json.loads(metadata["smalti"])
        if stated["format"] != FORMAT:
            raise WeightsError(f"weights of format {stated['format']}", subject=str(path), mend=mend)
        models = [_model(card, tensors) for card in stated["heads"]]
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise WeightsError(f"not usable weights: {error}", subject=str(path), mend=mend) from error
    return models, hashlib.sha256(raw).hexdigest()[:12]


def _model(card: Mapping[str, object], tensors: Mapping[str, torch.Tensor]) -> HeadModel:
    head = next(head for head in HEADS if head.kind == card["kind"])
    if card["pairs"] != [str(pair) for pair in head.pairs]:
        raise ValueError(f"{head.kind} was trained on other pairs: {card['pairs']}")
    shape = _shape(card["shape"])
    networks = []
    for member in range(int(str(card["members"]))):
        network = HeadNetwork(head, shape)
        network.load_state_dict(_under(tensors, f"{head.kind}.{member}."))
        networks.append(network.eval())
    table = {key: value.numpy() for key, value in _under(tensors, f"{head.kind}.table.").items()}
    terms = [
        Terms(str(t["name"]), str(t["origin"]), str(t["licence"]), bool(t["commercial"]))
        for t in _list(card["terms"])
    ]
    through = date.fromisoformat(str(card["trained_through"]))
    return HeadModel(head, shape, networks, table, through, terms, int(str(card["seed"])))


def _shape(stated: object) -> Shape:
    if not isinstance(stated, dict):
        raise TypeError("the shape of a network is not stated")
    features = {Modality(key): tuple(names) for key, names in stated.pop("features").items()}
    return Shape(features, fusion=FusionKind(stated.pop("fusion")), **stated)


def _under(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def _list(stated: object) -> list[dict[str, object]]:
    if not isinstance(stated, list):
        raise TypeError("the training sets are not stated")
    return stated
