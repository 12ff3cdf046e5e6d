-- What the log amounts to today. All of it can be dropped and built again from the log.
-- Days are written as 2026-03-12, instants as milliseconds since 1970.

-- With which fold all of it was made. It is written when all the rest is.
CREATE TABLE IF NOT EXISTS fold (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL
) STRICT;

-- How far the log's time has come. Where the mode is `events`, every activity moves it.
CREATE TABLE IF NOT EXISTS clock (
  id  INTEGER PRIMARY KEY CHECK (id = 1),
  now INTEGER
) STRICT;

-- Exact with every commit. Until the clock gets to `due_at` nothing changes by itself, and until
-- `look_at` nobody need look how near the next zone is.
CREATE TABLE IF NOT EXISTS members (
  member   TEXT PRIMARY KEY,
  due_at   INTEGER NOT NULL,
  look_at  INTEGER NOT NULL,
  zone     TEXT,
  since    TEXT,
  vitality TEXT,
  changes  INTEGER NOT NULL, -- how many zone changes have been announced
  policy   INTEGER NOT NULL  -- the policy adopted last when this was written
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS members_due ON members (due_at);

-- The trajectory: one row for each stretch of days in one zone, or with one vitality.
CREATE TABLE IF NOT EXISTS zone_stretches (
  member   TEXT NOT NULL,
  from_day TEXT NOT NULL,
  zone     TEXT,
  PRIMARY KEY (member, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS vitality_stretches (
  member   TEXT NOT NULL,
  from_day TEXT NOT NULL,
  vitality TEXT,
  PRIMARY KEY (member, from_day)
) STRICT, WITHOUT ROWID;

-- What was said of a member's group. On a day the latest that was said up to its end holds.
CREATE TABLE IF NOT EXISTS groups (
  member TEXT NOT NULL,
  at     INTEGER NOT NULL,
  key    TEXT NOT NULL,
  grp    TEXT,
  PRIMARY KEY (member, at, key)
) STRICT, WITHOUT ROWID;

CREATE VIEW IF NOT EXISTS groups_said (member, at, key, grp) AS
  SELECT stream, json_extract(body, '$.occurred_at'), key, json_extract(body, '$.data.group')
  FROM log
  WHERE type = 'activity-recorded' AND stream NOT LIKE '\_%' ESCAPE '\'
    AND json_extract(body, '$.kind') IN
      ('member_registered', 'member_updated', 'member_paused', 'member_resumed', 'member_departed')
    AND json_type(body, '$.data.group') IS NOT NULL;

-- Where in the log each announced zone change is.
CREATE TABLE IF NOT EXISTS changes (
  member   TEXT NOT NULL,
  number   INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (member, number)
) STRICT, WITHOUT ROWID;

-- Folded journeys, each up to a version of the member's stream; the rest is in the log.
CREATE TABLE IF NOT EXISTS snapshots (
  member  TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  policy  INTEGER NOT NULL, -- the policy version under which it was folded
  state   BLOB NOT NULL
) STRICT;
