"""smalti: traceable risk, fraud and sentiment signals from what companies publish."""

from importlib.metadata import version

__version__ = version("smalti")
