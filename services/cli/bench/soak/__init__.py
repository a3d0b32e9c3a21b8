"""Hours at an even rate: what grows although nothing should."""
