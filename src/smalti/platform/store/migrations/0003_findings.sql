-- What a check found, with the evidence on both sides, and what it could not compare.
CREATE TABLE findings (
    finding_id TEXT, signal_id TEXT, verdict TEXT, rank BIGINT, strength DOUBLE, reason TEXT, said JSON, against JSON,
    details JSON, recorded_at TIMESTAMPTZ
);
