"""Whether a library that opens its own connections may be let at a host: the gate's answer, in advance."""

from __future__ import annotations

import time
from collections.abc import Iterable

from smalti.platform.errors import Unreachable
from smalti.platform.web.addresses import Gate, Resolver
from smalti.platform.web.wire import Failed, in_time, system_addresses

_SECONDS = 10.0


def vet_host(
    host: str, port: int, *, allow: Iterable[str], ports: Iterable[int], resolve: Resolver = system_addresses
) -> list[str]:
    """The addresses that a host stands for, if every one of them may be asked on this port.

    The library will resolve the name again, and could be told another address then; so this keeps mistakes
    and plain misuse out, and not whoever commands the host's name server. What can go through `Web` should.

    Raises:
        Refused: the host's spelling, an address of it or the port says no.
        Unreachable: it has no address.
    """
    gate = Gate.of(ports, allow)
    bracketed = f"[{host}]" if ":" in host else host
    target = gate.target(f"https://{bracketed}:{port}/")
    if target.literal is not None:
        return gate.addresses(target, [target.host])
    try:
        found = in_time(lambda: resolve(target.host, port), time.monotonic() + _SECONDS)
    except Failed as failed:
        raise Unreachable(failed.what, subject=host, mend="check the name") from None
    return gate.addresses(target, found)
