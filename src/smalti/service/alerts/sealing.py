"""Secrets of channels, sealed at rest with a key that lies in the home folder and nowhere else."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smalti.platform.errors import Conflict, SettingsError

KEY_FILE = "channels.key"
_NONCE = 12  # bytes; NIST SP 800-38D, 5.2.1.1


class Seal:
    """AES-256-GCM under the home folder's key. What a secret is for is sealed with it.

    Args:
        home: the folder; its key is made at the first use, readable by its owner only.

    Raises:
        SettingsError: the key file is not one.
    """

    def __init__(self, home: Path) -> None:
        self._cipher = AESGCM(_key(home / KEY_FILE))

    def close(self, secret: str, meant_for: str) -> str:
        """Seal a secret so that it opens only together with `meant_for`."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher.encrypt(nonce, secret.encode(), meant_for.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, meant_for: str) -> str:
        """A sealed secret.

        Raises:
            Conflict: it was sealed with another key, or for something else.
        """
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], meant_for.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Conflict(
                "its secret cannot be opened: the key of the home folder is another one",
                subject=KEY_FILE,
                mend="set the secret again",
            ) from None


def _key(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        return _read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a key file that a crash cut short would lock every secret out.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # made 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(AESGCM.generate_key(256)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes(), validate=False)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise SettingsError(
            "no key in it", subject=str(path), mend="restore it, or move it away and set the secrets again"
        )
    return key
