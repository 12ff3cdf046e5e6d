-- What the log amounts to today. All of it can be dropped and built again from the log.
-- Instants are milliseconds since 1970.

-- A table that somebody has dropped is built again, and the others with it.
DELETE FROM checkpoints WHERE reader = 'tables' AND 17 > (
  SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN (
    'clock', 'profiles', 'places', 'declared', 'interests', 'follows', 'void_acts', 'void_follows',
    'pieces', 'drafts', 'alerts', 'inbox', 'deliveries', 'stops', 'gone',
    'waiting', 'voices'));

-- How far the log's time has come. Where the mode is `events`, every activity moves it.
CREATE TABLE IF NOT EXISTS clock (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  mode TEXT NOT NULL,
  now  INTEGER
) STRICT;

-- What the organisation says of members: of each field what was said last, a JSON list.
CREATE TABLE IF NOT EXISTS profiles (
  member TEXT NOT NULL,
  field  TEXT NOT NULL,
  value  TEXT NOT NULL,
  at     INTEGER NOT NULL,
  key    TEXT NOT NULL,
  PRIMARY KEY (member, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS profiles_with_roles ON profiles (member)
  WHERE field = 'roles' AND value <> '[]';

-- Members who have ever been elsewhere than in the first zone.
CREATE TABLE IF NOT EXISTS places (
  member  TEXT PRIMARY KEY,
  zone    TEXT,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS declared (
  topic  TEXT NOT NULL,
  member TEXT NOT NULL,
  PRIMARY KEY (topic, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS declared_by ON declared (member);

-- Topics of own acts, and when the interest was recorded last.
CREATE TABLE IF NOT EXISTS interests (
  topic  TEXT NOT NULL,
  member TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (topic, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS interests_of ON interests (member);

CREATE TABLE IF NOT EXISTS follows (
  act    TEXT PRIMARY KEY,
  member TEXT NOT NULL,
  target TEXT NOT NULL,
  source TEXT NOT NULL,
  object TEXT,
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS follows_to ON follows (target, member);
CREATE INDEX IF NOT EXISTS follows_by ON follows (member, object);

-- Acts that never were, by their names, whether or not we have heard of them.
CREATE TABLE IF NOT EXISTS void_acts (
  act TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS void_follows (
  member TEXT NOT NULL,
  source TEXT NOT NULL,
  object TEXT NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (member, source, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS pieces (
  piece TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The drafts that are open, by their streams.
CREATE TABLE IF NOT EXISTS drafts (
  stream TEXT PRIMARY KEY,
  member TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS drafts_of ON drafts (member);

-- The ordinary queue, and when the editors are to be reminded, as long as they are.
CREATE TABLE IF NOT EXISTS waiting (
  stream    TEXT PRIMARY KEY,
  remind_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS waiting_until ON waiting (remind_at);

-- What authors were asked about their voice, and where in the log the entry is that tells the last
-- of it. Closed with the draft, it has no answer.
CREATE TABLE IF NOT EXISTS voices (
  id       TEXT PRIMARY KEY,
  stream   TEXT NOT NULL,
  member   TEXT NOT NULL,
  asked    INTEGER NOT NULL, -- position
  position INTEGER NOT NULL,
  is_open  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS voices_of ON voices (stream);
CREATE UNIQUE INDEX IF NOT EXISTS voices_asked ON voices (asked);

-- Every alert, when something has to be said of it if nothing happens, and where in the log the
-- entry is that tells how it stands.
CREATE TABLE IF NOT EXISTS alerts (
  id        TEXT PRIMARY KEY,
  stream    TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  due_at    INTEGER,
  is_open   INTEGER NOT NULL,
  position  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS alerts_raised ON alerts (raised_at, id);

CREATE TABLE IF NOT EXISTS inbox (
  id        TEXT PRIMARY KEY,
  position  INTEGER NOT NULL, -- in the log, which has the notice itself
  recipient TEXT NOT NULL,
  kind      TEXT NOT NULL,
  is_read   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX IF NOT EXISTS inbox_positions ON inbox (position);
CREATE INDEX IF NOT EXISTS inbox_of ON inbox (recipient, position);

-- What goes over another channel than the inbox, and how far it has come. Attempts that came to
-- nothing are forgotten when this is built again.
CREATE TABLE IF NOT EXISTS deliveries (
  id       TEXT NOT NULL,
  channel  TEXT NOT NULL,
  state    TEXT NOT NULL, -- waiting, delivered or failed
  attempts INTEGER NOT NULL,
  problem  TEXT,          -- of the last attempt
  at       INTEGER,       -- the last attempt
  next_at  INTEGER,       -- the next attempt, if there is to be one; alerts are due before all else
  PRIMARY KEY (id, channel)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (channel, next_at)
  WHERE next_at IS NOT NULL;

-- What members want no more of.
CREATE TABLE IF NOT EXISTS stops (
  member  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  channel TEXT NOT NULL,
  PRIMARY KEY (member, kind, channel)
) STRICT, WITHOUT ROWID;

-- Channels with nobody at the other end.
CREATE TABLE IF NOT EXISTS gone (
  channel  TEXT PRIMARY KEY,
  receiver TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
