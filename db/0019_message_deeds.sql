-- What people decided about single messages: sent again, taken as sent, cancelled.
CREATE TABLE message_deed (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message,
  deed TEXT NOT NULL CHECK (deed='resend' OR deed='sent' OR deed='cancel'),
  staff TEXT NOT NULL, at INTEGER NOT NULL, note TEXT
) STRICT;
CREATE INDEX message_deed_message ON message_deed (message);
