"""The directory as files: units and officers out as CSV, and in again through the batches of `importing`.

What a row says and what keeps it out is pure (`unit_rows`, `officer_rows`); `bringing_in` lays a file over what is
known in one transaction, with the facts of each change; `exporting` writes the same shape.
"""
