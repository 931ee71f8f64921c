"""Client tools: Python functions on this machine that an agent may call. Knows no terminal.

A tool file needs one line of us, `from athena_tui.tools import tool`. `registry` finds tools, `runner` runs them.
"""

from __future__ import annotations

from athena_tui.tools.errors import ToolDefinitionError
from athena_tui.tools.tool import AnyTool, ClientTool, ToolPolicy, tool

__all__ = ["AnyTool", "ClientTool", "ToolDefinitionError", "ToolPolicy", "tool"]
