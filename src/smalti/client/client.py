"""The client: one object that asks one service everything."""

from __future__ import annotations

from smalti.client.access import Access
from smalti.client.alerting import Alerting
from smalti.client.around import Around
from smalti.client.asking import Asking
from smalti.client.care import Care
from smalti.client.connecting import Connecting
from smalti.client.reading import Reading
from smalti.client.reporting import Reporting
from smalti.client.scores import Scores
from smalti.client.work import Work


class Client(Reading, Scores, Around, Asking, Connecting, Alerting, Reporting, Work, Access, Care):
    """Asks a smalti service over HTTP.

    Lists come as Polars frames of fixed schemas (`smalti.client.frames`), also when they are empty; single
    things as JSON objects; long work as a `Task`. What the service refuses is raised in the class it was
    raised in there (`smalti.platform.errors`). Reads are tried again while the service is busy or away.

        with Client("https://smalti.example", key) as smalti:
            print(smalti.signals("3M").select("kind", "horizon_days", "value"))

    Args:
        address: `https://host[:port]`; plain `http` with a key only to this machine.
        key: an API key.
        session: the token of somebody who is signed in and whom one acts for, instead of a key.
        timeout: seconds to connect and between two pieces of an answer.
        tls: trust other certificates than the system's.

    Raises:
        SettingsError: the address is none, or would carry the key in the open.
    """
