-- When a post was paged last: what isn't urgent repeats once an hour for each post, not for each alert.
CREATE INDEX page_role ON page (role, at);
