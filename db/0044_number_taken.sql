-- Numbers that senders were told: drawn when an item comes in, before there is a case. Two that come together must not get the same.
CREATE TABLE number_taken (number TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO number_taken SELECT number FROM case_file;
