-- Sources that are pulled, what was last seen of each thing in them, and what documents have to do with one another.
ALTER TABLE sources ADD COLUMN name TEXT;
ALTER TABLE sources ADD COLUMN options JSON;
ALTER TABLE sources ADD COLUMN paused BOOLEAN;
-- Under which name in its source bytes were received; of a folder's files that is their address too.
ALTER TABLE sightings ADD COLUMN path TEXT;
UPDATE sightings SET path = url;
CREATE TABLE cursors (source_id TEXT, name TEXT, revision TEXT, etag TEXT, last_modified TEXT, checked_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ);
-- A document that adds nothing to an earlier one: not independent evidence while the earlier one is known.
CREATE TABLE duplicates (document_id TEXT, of_document TEXT, method TEXT, score DOUBLE, recorded_at TIMESTAMPTZ);
-- Pictures that are nearly the same; distance in bits of their hashes.
CREATE TABLE likenesses (evidence_id TEXT, of_evidence TEXT, distance BIGINT, recorded_at TIMESTAMPTZ);
-- A number in one piece of evidence held against the same number in another.
CREATE TABLE comparisons (
    evidence_id TEXT, item TEXT, with_evidence TEXT, verdict TEXT, ours DOUBLE, theirs DOUBLE, recorded_at TIMESTAMPTZ
);
