"""What lies between Textual and the terminal where bytes are dear: only what changed is sent."""
