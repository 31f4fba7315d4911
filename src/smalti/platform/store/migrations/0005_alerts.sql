-- Rules over signals, what they raised, who is told, and what became of each message.
CREATE TABLE alert_rules (
    rule_id TEXT, version BIGINT, name TEXT, spec JSON, enabled BOOLEAN, enabled_at TIMESTAMPTZ, removed BOOLEAN,
    made_by TEXT, made_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
-- How far a rule has looked, and what it could not judge there.
CREATE TABLE alert_cursors (rule_id TEXT, version BIGINT, seen_through TIMESTAMPTZ, counts JSON, recorded_at TIMESTAMPTZ);
CREATE TABLE alerts (
    alert_id TEXT, rule_id TEXT, version BIGINT, issuer_id TEXT, subject TEXT, kind TEXT, horizon_days BIGINT,
    severity TEXT, cause TEXT, signal_id TEXT, as_of TIMESTAMPTZ, value_before DOUBLE, value_after DOUBLE, reason TEXT,
    details JSON, synthetic BOOLEAN, raised_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
CREATE TABLE alert_occurrences (
    alert_id TEXT, cause TEXT, signal_id TEXT, as_of TIMESTAMPTZ, value DOUBLE, recorded_at TIMESTAMPTZ
);
-- What people did with an alert: acknowledged, assigned, comment, verdict.
CREATE TABLE alert_events (
    event_id TEXT, alert_id TEXT, ordinal BIGINT, kind TEXT, value TEXT, text TEXT, made_by TEXT, made_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);
CREATE TABLE alert_backtests (
    backtest_id TEXT, rule_id TEXT, version BIGINT, begins TIMESTAMPTZ, ends TIMESTAMPTZ, result JSON, made_by TEXT,
    made_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
CREATE TABLE alert_recipients (
    name TEXT, channels TEXT[], quiet TEXT, zone TEXT, budget BIGINT, least TEXT, recorded_at TIMESTAMPTZ
);
-- Who was told of which alert, and what waits for a digest.
CREATE TABLE alert_notices (
    alert_id TEXT, recipient TEXT, state TEXT, why TEXT, decided_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
CREATE TABLE alert_channels (
    channel_id TEXT, name TEXT, kind TEXT, address TEXT, options JSON, secret TEXT, made_by TEXT, made_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);
CREATE TABLE deliveries (
    delivery_id TEXT, channel_id TEXT, title TEXT, message JSON, state TEXT, attempts BIGINT, status BIGINT, error TEXT,
    queued_at TIMESTAMPTZ, next_try TIMESTAMPTZ, ended_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
CREATE TABLE delivery_attempts (
    delivery_id TEXT, attempt BIGINT, tried_at TIMESTAMPTZ, outcome TEXT, status BIGINT, error TEXT, recorded_at TIMESTAMPTZ
);
