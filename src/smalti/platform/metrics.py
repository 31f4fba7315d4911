"""What Prometheus is told: counts and seconds of requests and jobs, and how the store is at each scrape."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE_LATEST", "Metrics", "gauge"]

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each
_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_JOB_S = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1_800.0, 7_200.0)


class Metrics:
    """The metrics of one service, in a registry of their own.

    Attributes:
        requests: answered, by method, route (its template, never the path asked for) and status.
        request_seconds: until an answer was sent, by method and route.
        jobs: that came to an end, by job kind and outcome (`done`, `failed`, `interrupted`).
        job_seconds: a job took, by kind.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "smalti_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self.request_seconds = Histogram(
            "smalti_request_seconds",
            "Seconds until an answer was sent.",
            ("method", "route"),
            buckets=_REQUEST_S,
            registry=self._registry,
        )
        self.jobs = Counter(
            "smalti_jobs", "Jobs that came to an end.", ("job", "outcome"), registry=self._registry
        )
        self.job_seconds = Histogram(
            "smalti_job_seconds", "Seconds a job took.", ("job",), buckets=_JOB_S, registry=self._registry
        )

    def observe(self, look: Callable[[], Iterable[Metric]]) -> None:
        """Have `look` called at each scrape for what is counted elsewhere."""
        self._registry.register(_Look(look))

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)


class _Look(Collector):
    def __init__(self, look: Callable[[], Iterable[Metric]]) -> None:
        self._look = look

    def describe(self) -> Iterable[Metric]:
        return ()  # so that registering does not scrape

    def collect(self) -> Iterable[Metric]:
        return self._look()


def gauge(
    name: str, help_text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    """One metric with a value for each combination of labels."""
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for own, value in values:
        family.add_metric(own, value)
    return family
