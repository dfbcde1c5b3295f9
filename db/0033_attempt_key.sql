-- A receipt that names our own key ends the doubt about the attempt that left with it.
CREATE INDEX attempt_key ON attempt (key) WHERE status = 'in_doubt';
