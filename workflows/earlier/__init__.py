"""The workflow code as an earlier release had it, to be run beside today's: see docs/howto/run-chaos.md."""
