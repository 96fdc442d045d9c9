"""Times the export of a register of members, its memory at two sizes, and openpyxl writing the same rows. Called by
export.sh, from the project's folder."""
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

roster = importlib.import_module("import")

COPY = """
import openpyxl, sys, time
source = openpyxl.load_workbook(sys.argv[1], read_only=True).active
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet()
rows = [list(row) for row in source.iter_rows(values_only=True)]
began = time.monotonic()
for row in rows: sheet.append(row)
book.save(sys.argv[2])
print(time.monotonic() - began)
"""


def exported(program: str, rows: int) -> tuple[float, float]:
    books = Path(f"build/peers/roster-{rows}")
    roster.make_workbooks(books, rows)
    work = Path(f"build/peers/export-{rows}")
    site = ["--db", f"sqlite:{work}/zhijia.db", "--vault", f"{work}/vault"]
    if not (work / "complete").exists():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for register in "union", "member":
            roster.measure(program, "import", *site, "--register", register, str(books / f"{register}.xlsx"))
        (work / "complete").touch()
    return roster.measure(program, "export", *site, "member", "--out", str(work / "out.xlsx"))


def main(program: str, rows: int) -> None:
    _, small_megabytes = exported(program, rows // 10)
    seconds, megabytes = exported(program, rows)
    peer = float(subprocess.run([sys.executable, "-c", COPY, f"build/peers/roster-{rows}/member.xlsx",
                                 f"build/peers/export-{rows}/peer.xlsx"], check=True, capture_output=True).stdout)
    print(f"zhijia    {rows:,} records exported in {seconds:.1f} s, {rows / seconds:,.0f} rows/s")
    print(f"memory    {megabytes:.0f} MB at most; {small_megabytes:.0f} MB for a tenth of them")
    print(f"openpyxl  the same rows written in {peer:.1f} s")
    print(f"ratio {peer / seconds:.2f}")


main(sys.argv[1], int(sys.argv[2]))
