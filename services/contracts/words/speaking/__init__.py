"""Words about requests for a speaker."""
