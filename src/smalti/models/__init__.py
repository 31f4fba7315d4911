"""From evidence to signals: encoders, fusion, checks, scoring, training. Imports only `platform`."""
