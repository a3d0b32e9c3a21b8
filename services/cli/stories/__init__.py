"""The stories that the product is for, played through the real HTTP API. The demo and the tests play the same ones."""
