-- Systems outside that the assistant answers in: Slack workspaces, Chatwoot bots, widgets on web pages.
CREATE TABLE integrations (
    integration_id TEXT, name TEXT, kind TEXT, address TEXT, setup JSON, secrets TEXT, made_by TEXT,
    made_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
-- Messages that came in there, each once. `said`: the question, without personal data, until it is answered;
-- `outgoing`: what is to be sent, until it was.
CREATE TABLE integration_events (
    event_id TEXT, integration_id TEXT, thread TEXT, signature TEXT, said JSON, turn_id TEXT, outgoing JSON,
    sent BIGINT, state TEXT, attempts BIGINT, error TEXT, got_at TIMESTAMPTZ, next_try TIMESTAMPTZ,
    ended_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
