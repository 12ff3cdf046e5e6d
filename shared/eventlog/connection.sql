-- How the owner's connection behaves. SQLite keeps only the first of these in the file.

PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;              -- what is committed may be on the bus a moment later
PRAGMA recursive_triggers = ON;         -- else INSERT OR REPLACE deletes without asking the trigger
PRAGMA wal_autocheckpoint = 4096;       -- pages (16 MiB): keys are random, each batch touches many
PRAGMA journal_size_limit = 67108864;   -- bytes: a long snapshot lets the journal grow, this cuts it
PRAGMA cache_size = -65536;             -- KiB
