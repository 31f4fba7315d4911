"""A language model of the user's: it may choose tools and reword what they told, and nothing else."""

from smalti.assistant.language.answering import answer_with
from smalti.assistant.language.talking import LanguageModel

__all__ = ["LanguageModel", "answer_with"]
