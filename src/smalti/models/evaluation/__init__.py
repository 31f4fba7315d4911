"""Measured figures: the model beside its baselines, on splits by time and by company."""

from smalti.models.evaluation.report import PARTS, evaluate, model_card, tables

__all__ = ["PARTS", "evaluate", "model_card", "tables"]
