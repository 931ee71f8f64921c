"""What must survive a restart, in SQLite. Knows no terminal.

Import from its modules: the app's first frame needs two of them only.
"""
