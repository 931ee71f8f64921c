"""Files that go along with a message: found, recognised in a paste, checked."""
