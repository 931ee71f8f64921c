"""Tests of the tools workbench."""
