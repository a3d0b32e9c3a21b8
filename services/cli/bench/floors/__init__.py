"""The floors: the same work on the same servers without the product, each in a process of its own."""
