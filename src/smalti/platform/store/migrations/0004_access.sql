-- Who may sign in, with which keys and sessions; what was changed and by whom; what customers may see.
CREATE TABLE users (
    name TEXT, email TEXT, role TEXT, password_hash TEXT, subject TEXT, disabled BOOLEAN, made_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);
CREATE TABLE api_keys (
    key_id TEXT, owner TEXT, role TEXT, label TEXT, secret_hash TEXT, made_at TIMESTAMPTZ, ends_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
CREATE TABLE sessions (
    session_id TEXT, owner TEXT, method TEXT, made_at TIMESTAMPTZ, seen_at TIMESTAMPTZ, ends_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ
);
CREATE TABLE audit (
    audit_id TEXT, happened_at TIMESTAMPTZ, kind TEXT, who TEXT, via TEXT, action TEXT, subject TEXT, outcome TEXT, address TEXT,
    details JSON, recorded_at TIMESTAMPTZ
);
CREATE TABLE publications (
    kind TEXT, subject_id TEXT, published_by TEXT, published_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
