-- Photos and voices also come with feedback: then they belong to the item's public number, which is there before the case is.
CREATE TABLE attachment_to (              -- the bytes are a file beside the database (store/blob.h)
  id TEXT PRIMARY KEY,                    -- random, public, the file's name, and a form's answer
  question INTEGER, item TEXT,            -- of a form; NULL: of feedback
  number TEXT,                            -- case_file.number
  name TEXT,                              -- its own name as it may be seen (base/media.h); NULL: none, or anonymous
  by_who TEXT,                            -- of feedback: sender, or the login of who put it there
  kind TEXT NOT NULL,                     -- a word of base/media.h
  bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CHECK ((question IS NULL) <> (number IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO attachment_to (id, question, item, kind, bytes, sha256, created_at)
  SELECT id, question, item, kind, bytes, sha256, created_at FROM attachment;
DROP TABLE attachment;
ALTER TABLE attachment_to RENAME TO attachment;
CREATE INDEX attachment_question ON attachment (question, item) WHERE question IS NOT NULL;
CREATE INDEX attachment_number ON attachment (number) WHERE number IS NOT NULL;
