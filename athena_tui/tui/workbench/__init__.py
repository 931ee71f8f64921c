"""What the tools workbench works with: the calls that were made, and what was chosen about each tool."""
