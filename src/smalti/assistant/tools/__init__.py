"""Read-only tools on the way to an answer, in one registry: for language models and other people's agents."""

from smalti.assistant.tools.records import Parameters, Piece, Result, Told, Tool
from smalti.assistant.tools.registry import TOOLS, call, tools_for

__all__ = ["TOOLS", "Parameters", "Piece", "Result", "Told", "Tool", "call", "tools_for"]
