"""What a program does not load, it does not carry: two processes of a large import each load what its program does."""

import subprocess
import sys


def test_the_program_of_the_large_lists_loads_neither_sqlalchemy_nor_the_servers_of_the_part() -> None:
    asked = (
        "import sys, services.registry.importing.__main__; print(*(each for each in sys.modules if '.' not in each))"
    )
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert "duckdb" in loaded
    assert {"sqlalchemy", "sqlmodel", "fastapi", "faststream", "temporalio"} & set(loaded) == set()
