-- What the scheduler runs: how each job last went. Also where the service writes to see whether it can.
CREATE TABLE jobs (
    job TEXT, state TEXT, started_at TIMESTAMPTZ, succeeded_at TIMESTAMPTZ, failures BIGINT, error TEXT,
    recorded_at TIMESTAMPTZ
);
