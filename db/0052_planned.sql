-- Whether a stay was planned, and whether its end foresaw another one within 31 days (出院31天内再住院计划): 1 yes, 0 no, NULL not said.
ALTER TABLE encounter ADD COLUMN planned INTEGER;
ALTER TABLE encounter ADD COLUMN return_planned INTEGER;
