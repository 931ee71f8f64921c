"""Tests of files that go along with a message."""
