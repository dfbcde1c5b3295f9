-- Who lies in a bed now, newest first: the ward's list of numbers and its figures.
CREATE INDEX encounter_in ON encounter (admitted_at) WHERE status = 'in';
-- Numbers that something was found out about.
CREATE INDEX identity_flag ON identity (id) WHERE flag IS NOT NULL;
