"""Fitting one head's network: epochs that can be stopped after any and taken up again to the same end."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from sklearn.linear_model import LogisticRegression, RidgeCV

from smalti.models.case import Floats
from smalti.models.datasets.labelled import Sample
from smalti.models.heads import FRAUD, RISK, Head, loss
from smalti.models.network import HeadNetwork, Shape
from smalti.models.packing import Packed, collate

Lesson = tuple[Packed, Floats]
"""A case as shown and its (targets,) label."""

Lessons = Callable[[np.random.Generator], Sequence[Lesson]]
"""Draws one epoch's lessons."""

Progress = Callable[[str, int, int], None]
"""Told of each finished epoch: what is being fitted, epochs done, epochs in all."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hard to fit."""

    epochs: int = 10
    batch: int = 32
    rate: float = 1e-3
    decay: float = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """One network to fit: which head, how big, how long, and the seed of everything random in it."""

    head: Head
    shape: Shape
    schedule: Schedule
    seed: int


def quiet(name: str, done: int, total: int) -> None:
    """A `Progress` that says nothing."""


def fit(
    plan: Plan,
    samples: Sequence[Sample],
    lessons: Lessons,
    resume: Path | None = None,
    progress: Progress = quiet,
) -> HeadNetwork:
    """Fit a network.

    Args:
        plan: what to fit.
        samples: what the features' ranges and the linear baseline are learned from.
        lessons: draws each epoch.
        resume: file that keeps the state after each epoch; when it holds a state of the same plan,
            fitting goes on from there, to the same numbers as if it had never stopped.
        progress: told of each finished epoch.

    Returns:
        The network, in evaluation mode.
    """
    torch.manual_seed(plan.seed)
    network = HeadNetwork(plan.head, plan.shape)
    prepare(network, samples)
    trained = [part for part in network.parameters() if part.requires_grad]
    schedule = plan.schedule
    optimiser = torch.optim.AdamW(trained, lr=schedule.rate, weight_decay=schedule.decay)
    mark = json.dumps([str(plan), len(samples)])
    start = 0 if resume is None else _restore(resume, mark, network, optimiser)
    for epoch in range(start, schedule.epochs):
        rng = np.random.default_rng([plan.seed, epoch])
        torch.manual_seed(plan.seed * 1000 + epoch)
        _epoch(network, optimiser, schedule, epoch, list(lessons(rng)), rng)
        if resume is not None:
            _keep(resume, mark, epoch + 1, network, optimiser)
        progress(str(plan.head.kind), epoch + 1, schedule.epochs)
    return network.eval()


def _epoch(
    network: HeadNetwork,
    optimiser: torch.optim.Optimizer,
    schedule: Schedule,
    epoch: int,
    lessons: list[Lesson],
    rng: np.random.Generator,
) -> None:
    network.train()
    order = rng.permutation(len(lessons))
    steps = math.ceil(len(order) / schedule.batch)
    for step in range(steps):
        done = (epoch + step / steps) / schedule.epochs
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate * min(1.0, done * 10) * (0.5 + 0.5 * math.cos(math.pi * done))
        chosen = [lessons[at] for at in order[step * schedule.batch : (step + 1) * schedule.batch]]
        outputs = network(collate([case for case, _ in chosen]))
        cost = loss(network.head, outputs, torch.from_numpy(np.stack([target for _, target in chosen])))
        optimiser.zero_grad()
        torch.autograd.backward(cost)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()


def prepare(network: HeadNetwork, samples: Sequence[Sample]) -> None:
    """Learn the features' ranges, and the linear baseline with where it starts when its input is missing."""
    for modality, features in network.features():
        rows = [s.case.vectors[modality] for s in samples if modality in s.case.vectors]
        features.fit(np.concatenate(rows))
    head, linear = network.head, network.baseline
    targets = np.stack([sample.targets for sample in samples])
    if linear is None or head.baseline is None:
        return
    modality = head.baseline.modality
    having = np.array([modality in sample.case.vectors for sample in samples])
    newest = np.stack([s.case.vectors[modality][0] for s, has in zip(samples, having, strict=True) if has])
    with torch.no_grad():
        ready = network.ready(modality, torch.from_numpy(newest)).numpy()
        for column, (weights, intercept, base) in enumerate(_linear(head, ready, targets[having])):
            linear.weight[column] = torch.from_numpy(weights)
            linear.bias[column] = intercept
            network.start[column] = base


def _linear(head: Head, ready: Floats, targets: Floats) -> Iterator[tuple[Floats, float, float]]:
    """Weights, intercept and the constant to start from, for each output the baseline speaks for."""
    if head is FRAUD:
        model = LogisticRegression(C=0.2, max_iter=1000).fit(ready, targets[:, 0])
        share = float(targets.mean())
        yield model.coef_[0].astype(np.float32), float(model.intercept_[0]), math.log(share / (1 - share))
    if head is RISK:
        spread = []
        for column in range(head.targets):
            known = ~np.isnan(targets[:, column])
            label = targets[known, column]
            model = RidgeCV(np.logspace(-1, 4, 11)).fit(ready[known], label)
            spread.append(float(np.log(np.mean((label - model.predict(ready[known])) ** 2))))
            yield model.coef_.astype(np.float32), float(model.intercept_), float(label.mean())
        for level in spread:
            yield np.zeros(ready.shape[1], np.float32), level, level


def _keep(path: Path, mark: str, epoch: int, network: HeadNetwork, optimiser: torch.optim.Optimizer) -> None:
    tensors = {f"network.{key}": value.contiguous() for key, value in network.state_dict().items()}
    for place, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{place}.{key}": value.contiguous() for key, value in state.items()}
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, {"mark": mark, "epoch": str(epoch)})
    unfinished.replace(path)


def _restore(path: Path, mark: str, network: HeadNetwork, optimiser: torch.optim.Optimizer) -> int:
    """Take up the state kept at `path`; 0 epochs done if there is none, or one of other settings."""
    if not path.exists():
        return 0
    found = read_metadata(path)
    if found.get("mark") != mark:
        return 0
    tensors = load_file(path)
    network.load_state_dict(
        {k.removeprefix("network."): v for k, v in tensors.items() if k.startswith("network.")}
    )
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimiser."):
            _, place, name = key.split(".")
            state.setdefault(int(place), {})[name] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    return int(found["epoch"])


def read_metadata(path: Path) -> dict[str, str]:
    """The text beside the tensors of a safetensors file."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        found: dict[str, str] = json.loads(file.read(size)).get("__metadata__", {})
    return found


def outputs_of(networks: Sequence[HeadNetwork], cases: Sequence[Packed], batch: int = 64) -> Floats:
    """Mean outputs of several networks: (cases, outputs)."""
    rows: list[npt.NDArray[np.float32]] = []
    with torch.inference_mode():
        for start in range(0, len(cases), batch):
            ready = collate(cases[start : start + batch])
            rows.append(torch.stack([network(ready) for network in networks]).mean(0).numpy())
    return np.concatenate(rows)
