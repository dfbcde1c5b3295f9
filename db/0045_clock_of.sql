-- One index for a case's clocks, those that were replaced too: every question by enrollment and round goes along it.
DROP INDEX clock_of;
CREATE UNIQUE INDEX clock_of ON clock (enrollment, round, name, ifnull(replaced_at, 0));
