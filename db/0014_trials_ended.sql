-- The last trial of a version stays to be looked at when it is over: its row in canary then says how it ended.
ALTER TABLE canary ADD COLUMN beside INTEGER;   -- the version that the others followed, when it ended
ALTER TABLE canary ADD COLUMN ended_at INTEGER; -- NULL: some follow it now
ALTER TABLE canary ADD COLUMN ended_by TEXT;
ALTER TABLE canary ADD COLUMN ended TEXT CHECK (ended='promoted' OR ended='withdrawn' OR ended='replaced');
