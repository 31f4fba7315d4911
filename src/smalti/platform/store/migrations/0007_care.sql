-- The number of the last commit: see acknowledged.py.
CREATE TABLE commits (number BIGINT);
INSERT INTO commits VALUES (0);
-- What was erased, why, by whom. Of what it was only hashes stay, so that it is known when it comes again.
CREATE TABLE erasures (erasure_id TEXT, subject TEXT, kind TEXT, reason TEXT, by_whom TEXT, erased_at TIMESTAMPTZ, counts JSON, recorded_at TIMESTAMPTZ);
CREATE TABLE tombstones (hash TEXT, kind TEXT, erasure_id TEXT, recorded_at TIMESTAMPTZ);
-- Signals that rest on what was erased (cited) or were made when it was known (read).
CREATE TABLE erased_signals (signal_id TEXT, erasure_id TEXT, how TEXT, pieces BIGINT, recorded_at TIMESTAMPTZ);
