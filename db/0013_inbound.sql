-- What people wrote to a channel, once however often its provider says so.
CREATE TABLE inbound (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL, provider_id TEXT NOT NULL,
  identity INTEGER NOT NULL,            -- identity.id of who wrote; its person is 0 while it is nobody's
  kind TEXT NOT NULL,                   -- 'text', or the plugin's word: follow, unfollow …
  text TEXT,
  at INTEGER NOT NULL, received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbound_provider ON inbound (provider_id, channel);
