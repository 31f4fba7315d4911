"""Fitting the tables of trained heads anew, their networks untouched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from smalti.models import checkpoint
from smalti.models.checkpoint import HeadModel
from smalti.models.datasets import maec, sentiments
from smalti.models.datasets.labelled import Embed
from smalti.models.heads import RISK, SENTIMENT
from smalti.models.training import calibrate_risk, calibrate_sentiment
from smalti.models.versions import weights_files
from smalti.platform.errors import WeightsError


def recalibrate(
    model: Path | None, folder: Path, data: Path, embed: Embed, embed_images: sentiments.EmbedImages
) -> Path:
    """Write the weights of one folder to another, with risk's and sentiment's tables fitted anew.

    The folds of training are found again from the seed, so each network judges only what it had not seen.
    Fraud's table is kept: nothing in it depends on what is shown.

    Args:
        model: the folder of weights; the shipped ones if None.
        folder: gets files of the same names.
        data: the folder of training sets.
        embed: the text encoder.
        embed_images: the image encoder.

    Returns:
        `folder`.

    Raises:
        SettingsError: a training set is not there.
        WeightsError: there are no weights, or they cannot be used.
    """
    files = weights_files(model)
    if not files:
        raise WeightsError("no weights there", subject=str(model), mend="train them first")
    folder.mkdir(parents=True, exist_ok=True)

    def fitted(head: HeadModel) -> HeadModel:
        if head.head is RISK:
            calls = maec.later_samples(
                maec.read_calls(data, embed), maec.read_closes(data), head.trained_through
            )
            firsts = [samples[0] for samples in calls if samples]
            return replace(head, table=calibrate_risk(head.networks, firsts))
        if head.head is SENTIMENT:
            samples = sentiments.samples(sentiments.read_all(data), embed, embed_images)
            return replace(head, table=calibrate_sentiment(head.networks, samples, head.seed))
        return head

    for file in files:
        heads, _ = checkpoint.read(file)
        checkpoint.write([fitted(head) for head in heads], folder / file.name)
    return folder
