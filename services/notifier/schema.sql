-- What the log amounts to today. All of it can be dropped and built again from the log.
-- Instants are milliseconds since 1970.

-- A table that somebody has dropped is built again, and the others with it.
DELETE FROM checkpoints WHERE reader = 'tables' AND 37 > (
  SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN (
    'clock', 'profiles', 'places', 'declared', 'interests', 'follows', 'void_acts', 'void_objects',
    'pieces', 'drafts', 'alerts', 'inbox', 'deliveries', 'stops', 'gone',
    'acts', 'seen', 'offers', 'accounts', 'near', 'asked', 'warnings',
    'waiting', 'voices', 'unsent', 'sent', 'attention', 'preferences',
    'requests', 'asks', 'replies', 'circles', 'talks', 'quiet', 'breaches', 'consents', 'cared'));

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

CREATE INDEX IF NOT EXISTS profiles_timezones ON profiles (value, member)
  WHERE field = 'timezone';
CREATE INDEX IF NOT EXISTS profiles_with_roles ON profiles (member)
  WHERE field = 'roles' AND value <> '[]';
CREATE INDEX IF NOT EXISTS profiles_by_status ON profiles (at)
  WHERE field = 'status';
CREATE INDEX IF NOT EXISTS profiles_with_group ON profiles (member)
  WHERE field = 'group' AND value <> '[]';

-- Members who have ever been elsewhere than in the first zone.
CREATE TABLE IF NOT EXISTS places (
  member  TEXT PRIMARY KEY,
  zone    TEXT,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS places_engaged ON places (member) WHERE zone = 'socially_engaged';

CREATE TABLE IF NOT EXISTS declared (
  topic  TEXT NOT NULL,
  member TEXT NOT NULL,
  PRIMARY KEY (topic, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS declared_by ON declared (member);

-- Topics of own acts. Days are ordinals: 1 is the first of January of the year 1.
CREATE TABLE IF NOT EXISTS interests (
  topic  TEXT NOT NULL,
  member TEXT NOT NULL,
  day    INTEGER NOT NULL,
  act    TEXT NOT NULL,
  PRIMARY KEY (topic, day, member, act)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS interests_of ON interests (member, act);

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

-- What members did to an object in one way, up to an instant, never was.
CREATE TABLE IF NOT EXISTS void_objects (
  member TEXT NOT NULL,
  kind   TEXT NOT NULL,
  source TEXT NOT NULL,
  object TEXT NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (member, kind, source, object)
) STRICT, WITHOUT ROWID;

-- What was published, by whoever said so first. It stands as long as an act of theirs does.
CREATE TABLE IF NOT EXISTS pieces (
  piece      TEXT PRIMARY KEY,
  author     TEXT NOT NULL,
  at         INTEGER NOT NULL,
  historical INTEGER NOT NULL,
  title      TEXT,
  url        TEXT,
  topics     TEXT NOT NULL -- a JSON list
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS pieces_by_time ON pieces (at);
CREATE INDEX IF NOT EXISTS pieces_of ON pieces (author);

-- What members did, and what was measured of their work, as far as it stands.
CREATE TABLE IF NOT EXISTS acts (
  act        TEXT PRIMARY KEY,
  member     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  source     TEXT NOT NULL,
  object     TEXT,
  piece      TEXT,
  alias      TEXT,             -- what `piece` is called by whoever knows only its id
  at         INTEGER NOT NULL,
  heard      INTEGER NOT NULL, -- when, by the log's clock
  historical INTEGER NOT NULL,
  told       TEXT NOT NULL     -- JSON: counts, an outcome, a suggestion that was taken up
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS acts_on_objects ON acts (member, object, kind);
CREATE INDEX IF NOT EXISTS acts_on_pieces ON acts (piece, kind);
CREATE INDEX IF NOT EXISTS acts_by_time ON acts (kind, at);
CREATE INDEX IF NOT EXISTS acts_as_heard ON acts (heard);

-- When something was last done on a platform: an ordinal of a UTC day.
CREATE TABLE IF NOT EXISTS seen (
  member TEXT NOT NULL,
  source TEXT NOT NULL,
  day    INTEGER NOT NULL,
  PRIMARY KEY (member, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS seen_by_day ON seen (day);

-- What the organisation has for its members.
CREATE TABLE IF NOT EXISTS offers (
  piece      TEXT PRIMARY KEY,
  kind       TEXT,
  at         INTEGER NOT NULL,
  historical INTEGER NOT NULL,
  title      TEXT,
  url        TEXT,
  topics     TEXT NOT NULL, -- a JSON list
  until      TEXT           -- the last day
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS accounts (
  member   TEXT NOT NULL,
  platform TEXT NOT NULL,
  account  TEXT NOT NULL,
  linked   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  key      TEXT NOT NULL,
  PRIMARY KEY (member, platform, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS accounts_by_time ON accounts (at);

-- The way to the next zone that was found last, JSON.
CREATE TABLE IF NOT EXISTS near (
  member TEXT PRIMARY KEY,
  at     INTEGER NOT NULL,
  way    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS near_by_time ON near (at);

-- Notices that ask for something. `pause` is for how many days it was to do.
CREATE TABLE IF NOT EXISTS asked (
  id     TEXT PRIMARY KEY,
  member TEXT NOT NULL,
  kind   TEXT NOT NULL,
  cause  TEXT NOT NULL,
  at     INTEGER NOT NULL,
  pause  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS asked_of ON asked (kind, member, at);
CREATE INDEX IF NOT EXISTS asked_why ON asked (kind, member, cause);

-- The last word on a move that was foretold of a member, and whether it is due.
CREATE TABLE IF NOT EXISTS warnings (
  member TEXT PRIMARY KEY,
  cause  TEXT NOT NULL,
  stands INTEGER NOT NULL
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
  state    TEXT NOT NULL, -- waiting, delivered, failed or dropped
  attempts INTEGER NOT NULL,
  problem  TEXT,          -- of the last attempt, or why it was dropped
  at       INTEGER,       -- the last attempt
  next_at  INTEGER,       -- the next attempt, if there is to be one
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

-- Notices that wait, until when, or that were dropped (`until` is NULL), and where in the log the
-- entry is that says so. `decided` is where the first was, which gives their order.
CREATE TABLE IF NOT EXISTS unsent (
  id        TEXT PRIMARY KEY,
  decided   INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  until     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS unsent_due ON unsent (until) WHERE until IS NOT NULL;
CREATE INDEX IF NOT EXISTS unsent_of ON unsent (recipient, position);

-- When each notice was sent, and with which others: the digest is named by the first of them.
CREATE TABLE IF NOT EXISTS sent (
  id     TEXT PRIMARY KEY,
  at     INTEGER NOT NULL,
  digest TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS sent_at ON sent (at);
CREATE INDEX IF NOT EXISTS sent_together ON sent (digest) WHERE digest IS NOT NULL;

-- What took of people's attention, by ISO week: a notice, or a digest by its first one.
CREATE TABLE IF NOT EXISTS attention (
  member TEXT NOT NULL,
  week   TEXT NOT NULL,
  id     TEXT NOT NULL,
  PRIMARY KEY (member, week, id)
) STRICT, WITHOUT ROWID;

-- What members want otherwise than the rules have it: `kinds` is a JSON object.
CREATE TABLE IF NOT EXISTS preferences (
  member TEXT PRIMARY KEY,
  kinds  TEXT NOT NULL,
  begins TEXT, -- of their own quiet hours, by their own clock
  ends   TEXT,
  often  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Topics that somebody would like to see covered, and when the next are asked if nobody answers.
CREATE TABLE IF NOT EXISTS requests (
  stream    TEXT PRIMARY KEY,
  id        TEXT NOT NULL,
  topic     TEXT NOT NULL,
  by        TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closes_at INTEGER NOT NULL,
  due_at    INTEGER,
  state     TEXT NOT NULL, -- open, taken or unanswered
  taken_by  TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS requests_due ON requests (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS requests_opened ON requests (opened_at, id);

-- Who was asked for what and when: a request by its stream, or a talk.
CREATE TABLE IF NOT EXISTS asks (
  cause  TEXT NOT NULL,
  member TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (cause, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS asks_of ON asks (member, at);

CREATE TABLE IF NOT EXISTS replies (
  stream TEXT NOT NULL,
  member TEXT NOT NULL,
  reply  TEXT NOT NULL,
  PRIMARY KEY (stream, member)
) STRICT, WITHOUT ROWID;

-- Who was proposed to meet whom: those with the same number in the same month.
CREATE TABLE IF NOT EXISTS circles (
  month  TEXT NOT NULL,
  member TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (month, member)
) STRICT, WITHOUT ROWID;

-- The last talk that a group heard or was offered.
CREATE TABLE IF NOT EXISTS talks (
  grp TEXT PRIMARY KEY,
  at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of the socially engaged, who has turned quiet; whether or not they agreed to be cared for.
CREATE TABLE IF NOT EXISTS quiet (
  member TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS breaches (
  alert  TEXT PRIMARY KEY,
  member TEXT NOT NULL,
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS breaches_of ON breaches (member, at);

-- Whose sponsor may hear how they are, and when one did last.
CREATE TABLE IF NOT EXISTS consents (
  member TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS cared (
  member TEXT PRIMARY KEY,
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
