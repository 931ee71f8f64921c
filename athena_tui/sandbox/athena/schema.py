"""The platform's tables."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS athena_customers (
    id TEXT PRIMARY KEY, external_id TEXT NOT NULL UNIQUE,
    active REAL NOT NULL, frozen REAL NOT NULL, inactive REAL NOT NULL, next_refresh_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS athena_keys (
    key TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, customer_id TEXT, scopes TEXT NOT NULL, expires_at TEXT,
    name TEXT UNIQUE
);
CREATE TABLE IF NOT EXISTS athena_conversations (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, agent_id TEXT NOT NULL, title TEXT, status TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS athena_conversations_by_time ON athena_conversations (customer_id, updated_at, id);
CREATE TABLE IF NOT EXISTS athena_messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, conversation_id TEXT NOT NULL, role TEXT NOT NULL,
    content TEXT NOT NULL, created_at TEXT NOT NULL, execution_id TEXT, attachments TEXT NOT NULL,
    tool_calls TEXT NOT NULL, tool_call_id TEXT, name TEXT, feedback INTEGER
);
CREATE INDEX IF NOT EXISTS athena_messages_by_conversation ON athena_messages (conversation_id, seq);
CREATE TABLE IF NOT EXISTS athena_executions (
    id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, customer_id TEXT, conversation_id TEXT, status TEXT NOT NULL,
    turn TEXT NOT NULL, answers TEXT NOT NULL, pending TEXT NOT NULL, charged REAL NOT NULL, result TEXT NOT NULL,
    created_at TEXT NOT NULL, seat INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS athena_idempotency (
    endpoint TEXT NOT NULL, key TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (endpoint, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS athena_attachments (
    storage_key TEXT PRIMARY KEY, customer_id TEXT, filename TEXT NOT NULL, content_type TEXT NOT NULL,
    size INTEGER NOT NULL, created_at TEXT NOT NULL, data BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS athena_media (
    id TEXT PRIMARY KEY, customer_id TEXT, execution_id TEXT NOT NULL, prompt TEXT NOT NULL, created_at TEXT NOT NULL
);
"""
