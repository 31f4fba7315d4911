-- Conversations with the assistant; each belongs to who began it. `outside`: what another system calls it.
CREATE TABLE conversations (
    conversation_id TEXT, owner TEXT, channel TEXT, outside TEXT, title TEXT, began_at TIMESTAMPTZ,
    changed_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
-- Questions and answers. `question`: of customers, without personal data. `known_at`: only what was stored by
-- then could be read. `answer`: whole; an erasure of what it quotes takes its words.
CREATE TABLE turns (
    turn_id TEXT, conversation_id TEXT, ordinal BIGINT, question TEXT, answer JSON, status TEXT, kind TEXT,
    audience TEXT, asked_by TEXT, attached TEXT[], as_of TIMESTAMPTZ, known_at TIMESTAMPTZ, ms BIGINT,
    recorded_at TIMESTAMPTZ
);
-- What people said of an answer: thumb `up`, `down` or null, and what would have been right.
CREATE TABLE turn_feedback (
    feedback_id TEXT, turn_id TEXT, thumb TEXT, correction TEXT, evidence TEXT[], made_by TEXT,
    made_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
