-- What goes to a provider that knows texts by number: an encoded map {id, params}, frozen with the text.
ALTER TABLE message ADD COLUMN approved BLOB;
