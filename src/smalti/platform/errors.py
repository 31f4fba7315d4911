"""Every error smalti raises on purpose.

Each says what happened, to which input, and what to do about it::

    SmaltiError
    ├── SettingsError          a setting is missing, unknown or out of range
    ├── StoreError             the DuckDB file cannot be used as asked
    │   └── StoreLocked        another process owns it
    ├── WeightsError           model weights cannot be found or fail their hash
    ├── NotFound               no such issuer, signal, evidence or quarantine entry
    ├── Conflict               what is asked does not fit what is there: a name that is taken
    ├── NotSignedIn            nobody is known to have asked: no key or session, or one that no longer counts
    ├── NotAllowed             who asked may not do this
    ├── TooMany                asked more often, or for more, than is let
    ├── Stopped                whoever wanted the work wants it stopped; what was done of it stays
    └── InputError             one input is bad: it goes to quarantine, the rest goes on
        ├── Unreadable         the bytes cannot be had (permission, vanished file, link out of the folder)
        ├── Malformed          the bytes are not what they claim to be
        ├── Encrypted          a password is needed
        ├── Empty              nothing in it to read
        ├── TooLarge           over a byte, page, pixel or ratio limit
        ├── Unsupported        a kind of file smalti does not read
        ├── Erased             its bytes were erased on request and are not taken in again
        ├── Refused            an address or redirect that may not be fetched
        ├── Unreachable        a server or the network failed, or asks to be left alone for too long
        ├── SandboxKilled      parsing ran out of time or memory, or crashed
        └── ParserFailed       smalti's own parser broke on it: a defect to report
"""

from __future__ import annotations

__all__ = [
    "Conflict",
    "Empty",
    "Encrypted",
    "Erased",
    "InputError",
    "Malformed",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "ParserFailed",
    "Refused",
    "SandboxKilled",
    "SettingsError",
    "SmaltiError",
    "Stopped",
    "StoreError",
    "StoreLocked",
    "TooLarge",
    "TooMany",
    "Unreachable",
    "Unreadable",
    "Unsupported",
    "WeightsError",
    "error_of",
    "input_error",
]


class SmaltiError(Exception):
    """Base of the tree.

    Args:
        what: what happened, one plain sentence without the input's name.
        subject: the input, setting or file it happened to.
        mend: what the reader can do about it.
    """

    def __init__(self, what: str, *, subject: str = "", mend: str = "") -> None:
        super().__init__(what, subject, mend)
        self.what = what
        self.subject = subject
        self.mend = mend

    def __reduce__(self) -> tuple[object, ...]:
        # So that an error crosses from a worker process whole.
        return _rebuild, (type(self), self.what, self.subject, self.mend)

    def __str__(self) -> str:
        head = f"{self.subject}: {self.what}" if self.subject else self.what
        return f"{head} ({self.mend})" if self.mend else head

    @property
    def code(self) -> str:
        """The class name, the stable name of this error in tables and JSON."""
        return type(self).__name__


def _rebuild(cls: type[SmaltiError], what: str, subject: str, mend: str) -> SmaltiError:
    return cls(what, subject=subject, mend=mend)


class SettingsError(SmaltiError):
    """A setting is missing, unknown or out of range."""


class StoreError(SmaltiError):
    """The DuckDB file cannot be used as asked."""


class StoreLocked(StoreError):
    """Another process owns the DuckDB file."""


class WeightsError(SmaltiError):
    """Model weights cannot be found or fail their hash."""


class NotFound(SmaltiError):
    """No such issuer, signal, evidence or quarantine entry."""


class Conflict(SmaltiError):
    """What is asked does not fit what is there."""


class NotSignedIn(SmaltiError):
    """Nobody is known to have asked."""


class NotAllowed(SmaltiError):
    """Who asked may not do this."""


class TooMany(SmaltiError):
    """Asked more often, or for more, than is let; `retry_after` says for how many seconds."""

    retry_after: int = 1


class Stopped(SmaltiError):
    """The work was asked to stop, and did so between two of its items."""


class InputError(SmaltiError):
    """One input is bad; it is quarantined and the batch goes on."""


class Unreadable(InputError):
    """The bytes cannot be had."""


class Malformed(InputError):
    """The bytes are not what they claim to be."""


class Encrypted(InputError):
    """A password is needed."""


class Empty(InputError):
    """There is nothing in it to read."""


class TooLarge(InputError):
    """Over a byte, page, pixel or compression-ratio limit."""


class Unsupported(InputError):
    """A kind of file smalti does not read."""


class Erased(InputError):
    """Its bytes were erased on request and are not taken in again."""


class Refused(InputError):
    """An address or redirect that may not be fetched: the guarded client's rules or robots.txt forbid it."""


class Unreachable(InputError):
    """A server or the network failed, gave half an answer, or asks to be left alone for too long."""


class SandboxKilled(InputError):
    """Parsing ran out of time or memory, or the parser process crashed."""


class ParserFailed(InputError):
    """smalti's own parser broke on it; the input may be good."""


_INPUT_ERRORS: dict[str, type[InputError]] = {
    cls.__name__: cls
    for cls in (
        InputError,
        Unreadable,
        Malformed,
        Encrypted,
        Empty,
        TooLarge,
        Unsupported,
        Erased,
        Refused,
        Unreachable,
        SandboxKilled,
        ParserFailed,
    )
}


def input_error(code: str, what: str, *, subject: str = "", mend: str = "") -> InputError:
    """Rebuild an `InputError` from its stored `code`; an unknown code becomes plain `InputError`."""
    return _INPUT_ERRORS.get(code, InputError)(what, subject=subject, mend=mend)


def error_of(code: str, what: str, *, subject: str = "", mend: str = "") -> SmaltiError:
    """Rebuild any error from its `code`, as the API tells it; an unknown code becomes plain `SmaltiError`."""
    return _by_code(SmaltiError).get(code, SmaltiError)(what, subject=subject, mend=mend)


def _by_code(cls: type[SmaltiError]) -> dict[str, type[SmaltiError]]:
    found = {cls.__name__: cls}
    for below in cls.__subclasses__():
        found |= _by_code(below)
    return found
