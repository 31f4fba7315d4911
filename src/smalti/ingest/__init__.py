"""From raw bytes to documents and evidence: feeds, parsers, links. Imports only `platform`."""
