-- Photos and files of a patient in dispute, and of a case of theirs, stay as they are, whoever asks (WARD 5). A dispute has a case, so
-- case_kept isn't empty; in a store that is emptied as a whole it is gone first, and they go like all else.
CREATE VIEW attachment_locked AS SELECT a.id FROM attachment a WHERE EXISTS (SELECT 1 FROM case_kept) AND (
  EXISTS (SELECT 1 FROM question q JOIN patient p ON p.id=q.patient WHERE q.id=a.question AND p.disputed_at IS NOT NULL) OR
  EXISTS (SELECT 1 FROM case_file c JOIN patient p ON p.id IN (c.sender, c.patient) WHERE c.number=a.number AND p.disputed_at IS NOT NULL));
CREATE TRIGGER attachment_stays BEFORE UPDATE ON attachment WHEN EXISTS (SELECT 1 FROM attachment_locked WHERE id=OLD.id)
  BEGIN SELECT RAISE(ABORT, 'the attachments of a dispute are locked'); END;
CREATE TRIGGER attachment_kept BEFORE DELETE ON attachment WHEN EXISTS (SELECT 1 FROM attachment_locked WHERE id=OLD.id)
  BEGIN SELECT RAISE(ABORT, 'the attachments of a dispute are locked'); END;
