"""The guarded client: fetches untrusted addresses, and nothing else in smalti opens a connection outwards."""

from smalti.platform.web.addresses import Resolver
from smalti.platform.web.cassette import Cassette
from smalti.platform.web.client import Web
from smalti.platform.web.rules import Answer, WebRules
from smalti.platform.web.vetting import vet_host

__all__ = ["Answer", "Cassette", "Resolver", "Web", "WebRules", "vet_host"]
