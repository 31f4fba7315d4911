"""Whether the service in this container answers: exit code 0 if so."""

from __future__ import annotations

import json
import os
import ssl
import sys
import urllib.request
from pathlib import Path


def main() -> int:
    """Ask the address that the service wrote into its home folder."""
    try:
        said = json.loads((Path(os.environ["SMALTI_HOME"]) / "service.json").read_text(encoding="utf-8"))
        address = str(said["address"])
        if not address.startswith(("http://", "https://")):
            return 1
        # Its certificate is for the name people use, and this is the same machine.
        is_tls = address.startswith("https:")
        context = ssl._create_unverified_context() if is_tls else None  # noqa: S323 - asks itself
        with urllib.request.urlopen(f"{address}/healthz", timeout=4, context=context) as answer:  # noqa: S310 - scheme checked above
            return 0 if answer.status == 200 else 1
    except (OSError, ValueError, KeyError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
