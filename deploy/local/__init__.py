"""The whole stack on one machine, from wheels only: real servers, started and kept by our own supervisor."""
