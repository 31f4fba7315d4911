"""Traces of requests, stages and worker tasks through OpenTelemetry; off unless an endpoint is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smalti.platform.errors import SettingsError

if TYPE_CHECKING:  # an extra
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_provider: TracerProvider | None = None


@contextmanager
def tracing(endpoint: str, exporter: SpanExporter | None = None) -> Iterator[None]:
    """Send the spans of this process to a collector while the block runs.

    Args:
        endpoint: of an OTLP collector, such as `http://127.0.0.1:4318/v1/traces`; empty: no traces.
        exporter: takes the spans in its place.

    Raises:
        SettingsError: the extra is not installed.
    """
    global _provider  # noqa: PLW0603 - spans are opened in places that know nothing of the service
    if not endpoint and exporter is None:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError(
            "OpenTelemetry is not installed", subject="traces_endpoint", mend="pip install 'smalti[traces]'"
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": "smalti"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter(endpoint=endpoint)))
    _provider = provider
    try:
        yield
    finally:
        _provider = None
        provider.shutdown()


@contextmanager
def span(name: str, **attributes: str | int | float) -> Iterator[None]:
    """One span around the block, child of the one around it; nothing while traces are off."""
    if _provider is None:
        yield
        return
    with _provider.get_tracer("smalti").start_as_current_span(name, attributes=attributes):
        yield
