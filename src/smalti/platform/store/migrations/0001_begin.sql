-- Only what DuckLake takes too: no keys, checks, indexes, sequences or enums; embeddings as FLOAT[].
CREATE TABLE issuers (issuer_id TEXT, name TEXT, cik TEXT, lei TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE issuer_names (issuer_id TEXT, text TEXT, kind TEXT, valid_from DATE, valid_to DATE, origin TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE sources (source_id TEXT, kind TEXT, address TEXT, schedule TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE artifacts (artifact_id TEXT, size BIGINT, recorded_at TIMESTAMPTZ);
CREATE TABLE sightings (sighting_id TEXT, artifact_id TEXT, source_id TEXT, url TEXT, fetched_at TIMESTAMPTZ, headers JSON, recorded_at TIMESTAMPTZ);
CREATE TABLE dispositions (source_id TEXT, path TEXT, record TEXT, artifact_id TEXT, outcome TEXT, parser TEXT, detail TEXT, run_id TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE documents (
    document_id TEXT, artifact_id TEXT, part TEXT, parser TEXT, parser_version TEXT, kind TEXT, title TEXT,
    author TEXT, url TEXT, language TEXT, available_at TIMESTAMPTZ, available_method TEXT, partial TEXT,
    hints JSON, recorded_at TIMESTAMPTZ
);
CREATE TABLE evidence (
    evidence_id TEXT, document_id TEXT, kind TEXT, ordinal BIGINT, locator JSON, text TEXT, payload JSON,
    media_id TEXT, content_id TEXT, recorded_at TIMESTAMPTZ
);
CREATE TABLE facts (
    evidence_id TEXT, document_id TEXT, concept TEXT, label TEXT, value DOUBLE, unit TEXT, period_start DATE,
    period_end DATE, unverified TEXT, recorded_at TIMESTAMPTZ
);
CREATE TABLE prices (ticker TEXT, day DATE, close DOUBLE, adjusted_close DOUBLE, volume DOUBLE, document_id TEXT, available_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ);
CREATE TABLE links (document_id TEXT, issuer_id TEXT, score DOUBLE, method TEXT, quote TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE embeddings (content_id TEXT, encoder TEXT, vector FLOAT[], recorded_at TIMESTAMPTZ);
CREATE TABLE signals (
    signal_id TEXT, case_id TEXT, issuer_id TEXT, kind TEXT, as_of TIMESTAMPTZ, horizon_days BIGINT, value DOUBLE,
    low DOUBLE, high DOUBLE, percentile DOUBLE, model_version TEXT, used TEXT[], missing TEXT[], not_trained TEXT[],
    stale TEXT[], in_sample BOOLEAN, reason TEXT, details JSON, recorded_at TIMESTAMPTZ
);
CREATE TABLE attributions (signal_id TEXT, evidence_id TEXT, modality TEXT, effect DOUBLE, rank BIGINT, method TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE runs (
    run_id TEXT, stage TEXT, subject TEXT, state TEXT, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ,
    counts JSON, error TEXT, recorded_at TIMESTAMPTZ
);
CREATE TABLE quarantine (
    quarantine_id TEXT, source_id TEXT, path TEXT, record TEXT, artifact_id TEXT, stage TEXT, code TEXT, reason TEXT,
    mend TEXT, attempts BIGINT, run_id TEXT, recorded_at TIMESTAMPTZ
);
