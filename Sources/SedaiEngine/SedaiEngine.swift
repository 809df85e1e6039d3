// Images, chunks and the journal.
