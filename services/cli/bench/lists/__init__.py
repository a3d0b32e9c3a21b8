"""How fast and how lean files with lists come in."""
