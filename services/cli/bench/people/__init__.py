"""Many caseworkers at once, each with a sign-in of his or her own and time to think."""
