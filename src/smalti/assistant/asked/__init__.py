"""Understanding a question: about whom, of which time, what is wanted."""

from smalti.assistant.asked.understanding import understand

__all__ = ["understand"]
