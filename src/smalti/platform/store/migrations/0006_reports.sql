-- Reports as they were made; content, PDF and HTML are objects.
CREATE TABLE reports (
    report_id TEXT, title TEXT, headline TEXT, subject_kind TEXT, subject_id TEXT, subject TEXT, issuers TEXT[],
    since TIMESTAMPTZ, as_of TIMESTAMPTZ, recorded_by TIMESTAMPTZ, schedule_id TEXT, due_at TIMESTAMPTZ, skipped TEXT[],
    synthetic BOOLEAN, made_with TEXT[], fingerprint TEXT, content_id TEXT, pdf_id TEXT, html_id TEXT,
    recorded_at TIMESTAMPTZ
);
-- Which documents each one quotes, so that an erasure finds it.
CREATE TABLE report_sources (report_id TEXT, document_id TEXT, recorded_at TIMESTAMPTZ);
CREATE TABLE report_schedules (
    schedule_id TEXT, name TEXT, subject_kind TEXT, subject TEXT, cron TEXT, zone TEXT, formats TEXT[], channels TEXT[],
    when_unchanged TEXT, starts_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ
);
-- Each time a schedule came due, what was done: once a moment.
CREATE TABLE report_dues (
    due_id TEXT, schedule_id TEXT, due_at TIMESTAMPTZ, outcome TEXT, report_id TEXT, skipped TEXT[], recorded_at TIMESTAMPTZ
);
