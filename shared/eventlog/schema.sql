-- Format 1 of a service's database. The service's own tables stand beside these.

CREATE TABLE IF NOT EXISTS log (
  position    INTEGER PRIMARY KEY,
  stream      TEXT NOT NULL,
  version     INTEGER NOT NULL,
  type        TEXT NOT NULL,
  schema      INTEGER NOT NULL,
  key         TEXT UNIQUE,
  body        BLOB NOT NULL,
  recorded_at INTEGER NOT NULL, -- milliseconds since 1970
  UNIQUE (stream, version)
) STRICT;

CREATE TRIGGER IF NOT EXISTS log_is_never_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- With recursive_triggers on, INSERT OR REPLACE is caught here too.
CREATE TRIGGER IF NOT EXISTS log_is_never_shortened BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TABLE IF NOT EXISTS checkpoints (
  reader   TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  identity TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS parked (
  id          INTEGER PRIMARY KEY,
  reader      TEXT NOT NULL,
  key         TEXT,
  reason      TEXT NOT NULL,
  detail      TEXT NOT NULL,
  subject     TEXT NOT NULL,
  headers     TEXT NOT NULL, -- a JSON object
  payload     BLOB NOT NULL,
  parked_at   INTEGER NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  resolved_at INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS parked_open ON parked (reader, key) WHERE resolved_at IS NULL;

PRAGMA application_id = 1515146821; -- "ZONE"
PRAGMA user_version = 1;
