-- The words messages are found by. What is erased is gone from the file, too.
create virtual table message_words using fts5(words, columnsize = 0, tokenize = "unicode61 remove_diacritics 0");
insert into message_words (message_words, rank) values ('secure-delete', 1);
