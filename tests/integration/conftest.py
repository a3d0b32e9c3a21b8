"""One set of servers for all proofs of delivery: they kill it, so nobody else uses it."""

from tests.integration.delivery_fixtures import delivery_stack, world

__all__ = ["delivery_stack", "world"]
