"""The simulated caseworkers, in a process of their own: what they know is what they were told over HTTP."""
