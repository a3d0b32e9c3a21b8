"""`nyekrup bench scale`: everything that people ask for, in a record as large as a province's after a year."""
