-- Issuers that somebody follows together; a list is its owner's, or shared with everybody who signs in.
CREATE TABLE watchlists (
    watchlist_id TEXT, name TEXT, owner TEXT, shared BOOLEAN, issuers TEXT[], changed_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
