//! The table, its indexes, and statements that name them.

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, project_path TEXT NOT NULL, provider TEXT, model TEXT,
    temperature REAL NOT NULL, max_tokens INTEGER NOT NULL, metadata BLOB NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, revision INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL, closed_at INTEGER, close_reason INTEGER,
    state INTEGER NOT NULL, folded_name TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS by_path ON sessions (project_path) WHERE state = 0;
CREATE INDEX IF NOT EXISTS by_name ON sessions (name, created_at) WHERE state = 0;
CREATE INDEX IF NOT EXISTS by_created ON sessions (created_at) WHERE state = 0;
CREATE INDEX IF NOT EXISTS by_last_active ON sessions (state, last_active_at);
CREATE INDEX IF NOT EXISTS by_updated ON sessions (state, updated_at);
CREATE INDEX IF NOT EXISTS by_folded_name ON sessions (state, folded_name);
INSERT OR IGNORE INTO meta VALUES ('max_sessions', 4294967295);
";
pub(super) const NONE: &str = "SELECT count(*) > 0 FROM (SELECT id FROM sessions WHERE state = 0 AND \
    instr(folded_name, 'nobody has this') ORDER BY created_at LIMIT 50)";
pub(super) const COLUMNS: &str = "name, project_path, provider, model, temperature, max_tokens, metadata, \
    created_at, updated_at, revision, last_active_at, closed_at, close_reason";
