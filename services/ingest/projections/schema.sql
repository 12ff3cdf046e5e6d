-- What the directory knows, as tables: each can be dropped, and is built again from the log.

CREATE TABLE IF NOT EXISTS names (
  name     TEXT PRIMARY KEY, -- what it would be known by, as acct-...
  platform TEXT NOT NULL,
  handle   TEXT NOT NULL,
  account  TEXT NOT NULL,    -- that of its bearer where it is a label
  member   TEXT,
  label    TEXT,
  seen     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_of_members ON names (member, name);

CREATE TABLE IF NOT EXISTS labels (
  label   TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (label, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS labels_of_accounts ON labels (account);

CREATE TABLE IF NOT EXISTS profiles (
  member  TEXT PRIMARY KEY,
  profile TEXT NOT NULL -- what was said of each field, and when
) STRICT, WITHOUT ROWID;

DROP TABLE IF EXISTS accounts;
