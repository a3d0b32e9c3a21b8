"""How Nyekrup is put on machines."""
