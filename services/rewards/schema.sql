-- What the log amounts to today. All of it can be dropped and built again from the log.
-- Instants are milliseconds since 1970, days are UTC days, scores are thousandths of a point.

-- How far the log's time has come since it began. Where the mode is `events`, every activity moves
-- it.
CREATE TABLE IF NOT EXISTS clock (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  mode  TEXT NOT NULL,
  now   INTEGER,
  began INTEGER
) STRICT;

-- Everything that was heard of members. `word` is what a day's cap is for, `unit` what it has an
-- effect on: a piece, or itself. What was taken back stands no longer; what is capped does not count.
CREATE TABLE IF NOT EXISTS acts (
  member TEXT NOT NULL,
  name   TEXT NOT NULL,
  kind   TEXT NOT NULL,
  word   TEXT NOT NULL,
  day    TEXT NOT NULL,
  source TEXT NOT NULL,
  object TEXT,
  alias  TEXT,          -- of a published piece: what it is called without its address
  piece  TEXT,
  unit   TEXT,
  stands INTEGER NOT NULL,
  capped INTEGER NOT NULL,
  body   TEXT NOT NULL, -- a JSON object: the act itself
  PRIMARY KEY (member, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS acts_of_a_day ON acts (member, word, day);
CREATE INDEX IF NOT EXISTS acts_on_an_object ON acts (member, source, object, kind)
  WHERE object IS NOT NULL;
CREATE INDEX IF NOT EXISTS acts_on_a_piece ON acts (piece, kind) WHERE piece IS NOT NULL;
CREATE INDEX IF NOT EXISTS aliases ON acts (alias) WHERE alias IS NOT NULL;
CREATE INDEX IF NOT EXISTS acts_on_a_unit ON acts (unit, kind) WHERE unit IS NOT NULL;

-- Acts that never were, by their names, whether or not we have heard of them.
CREATE TABLE IF NOT EXISTS void_acts (
  member TEXT NOT NULL,
  name   TEXT NOT NULL,
  PRIMARY KEY (member, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS void_objects (
  member TEXT NOT NULL,
  source TEXT NOT NULL,
  object TEXT NOT NULL,
  kind   TEXT NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (member, source, object, kind)
) STRICT, WITHOUT ROWID;

-- What the organisation said last of each member.
CREATE TABLE IF NOT EXISTS profiles (
  member TEXT NOT NULL,
  field  TEXT NOT NULL,
  value  TEXT,
  PRIMARY KEY (member, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recognitions (
  id           TEXT PRIMARY KEY,
  member       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  effective_on TEXT NOT NULL, -- the day it was granted for
  historical   INTEGER NOT NULL,
  body         TEXT NOT NULL  -- a JSON object: what others are shown
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS recognitions_of_a_member ON recognitions (member, id);

-- What every score is made of, as of now.
CREATE TABLE IF NOT EXISTS parts (
  unit       TEXT NOT NULL,
  period     TEXT NOT NULL,
  member     TEXT NOT NULL,
  role       TEXT NOT NULL,
  what       TEXT NOT NULL,
  score      INTEGER NOT NULL,
  body       TEXT NOT NULL, -- a JSON object: the part itself
  PRIMARY KEY (unit, period, member, role, what)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS parts_of_a_period ON parts (period, member, score);
CREATE INDEX IF NOT EXISTS parts_of_a_member ON parts (member, period);

-- Half-years that are closed, and where in the log the entry is that froze them.
CREATE TABLE IF NOT EXISTS periods (
  period   TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
