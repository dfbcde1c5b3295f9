-- How staff are reached beside their number: by the company's WeCom, and at a desk, which a PBX rings first.
ALTER TABLE staff ADD COLUMN wecom TEXT;
ALTER TABLE staff ADD COLUMN extension TEXT;
