-- Where people are to be found. This is not in the log and on no stream, and cannot be built again:
-- what is deleted here is nowhere else.
CREATE TABLE IF NOT EXISTS addresses (
  member TEXT PRIMARY KEY,
  email  TEXT,
  chat   TEXT -- an address of Apprise's, which often has a key in it
) STRICT, WITHOUT ROWID;
