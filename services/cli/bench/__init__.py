"""`nyekrup bench`: how fast this machine is with the whole product, and beside it what bare servers would give."""
