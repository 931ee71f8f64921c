"""An agent that is defined in a file, as more than one test writes it down."""

from __future__ import annotations

AGENT = """\
name: Pirate
description: Talks like one
architecture: workflow
entry_point: pirate
entrypoint: pirate
agents:
  - name: pirate
    agent_type: llm_agent
    prompt_config: {system_prompt: Talk like a pirate.}
edges:
  - {from: __start__, to: pirate}
  - {from: pirate, to: __end__}
"""
