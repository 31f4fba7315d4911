"""Alerts: rules over signals, back-tested before they are switched on, and messages to whom they concern."""

from smalti.service.alerts.deliveries import deliver_due, send
from smalti.service.alerts.evaluating import evaluate

__all__ = ["deliver_due", "evaluate", "send"]
