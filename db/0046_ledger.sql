-- The ledger of a case is only added to, whoever asks.
CREATE TRIGGER case_step_stays BEFORE UPDATE ON case_step BEGIN SELECT RAISE(ABORT, 'the ledger of a case is only added to'); END;
CREATE TRIGGER case_step_kept BEFORE DELETE ON case_step BEGIN SELECT RAISE(ABORT, 'the ledger of a case is only added to'); END;
