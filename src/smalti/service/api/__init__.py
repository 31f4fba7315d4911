"""The HTTP API, version 1."""

from smalti.service.api.app import create_app

__all__ = ["create_app"]
