"""The command `nyekrup`. It runs and watches the parts from outside, and talks to them over HTTP like anybody else."""
