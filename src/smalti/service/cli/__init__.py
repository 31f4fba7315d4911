"""The `smalti` command."""

from smalti.service.cli.app import main

__all__ = ["main"]
