"""What can be asked of an issuer's numbers: line items, metrics over them, and rules of thumb."""

from smalti.assistant.metrics.catalogue import (
    Item,
    Metric,
    Naming,
    Rule,
    item,
    items,
    metric,
    metrics,
    named,
    rule_named,
    title_of,
)

__all__ = [
    "Item",
    "Metric",
    "Naming",
    "Rule",
    "item",
    "items",
    "metric",
    "metrics",
    "named",
    "rule_named",
    "title_of",
]
