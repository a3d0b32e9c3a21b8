"""Everything that can break, broken on purpose while people work; and whether anything was lost by it."""
