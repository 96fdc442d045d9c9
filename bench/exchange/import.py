"""Times the import of a roster and openpyxl's mere reading of it. Called by import.sh, from the project's folder."""
import datetime
import os
import shutil
import sys
import time
from pathlib import Path

import xlsxwriter

UNIONS = 3_000
CHECK_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def identity_number(person: int) -> str:
    """Invented: area code 610799 is assigned to nobody. Check character by GB 11643-1999."""
    day = datetime.date(1960, 1, 1) + datetime.timedelta(days=person // 900 % 15_000)
    first = f"610799{day:%Y%m%d}{100 + person % 900}"
    total = sum(int(digit) * weight for digit, weight in zip(first, CHECK_WEIGHTS))
    return first + "10X98765432"[total % 11]


def name(person: int) -> str:
    return SURNAMES[person % 20] + GIVEN[person // 20 % 20] + GIVEN[person // 400 % 20]


def write_sheet(file: Path, header: list[str], rows) -> None:
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    book.close()


def make_workbooks(folder: Path, rows: int) -> None:
    if (folder / "complete").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    print(f"writing a roster of {rows:,} members", file=sys.stderr, flush=True)
    write_sheet(folder / "union.xlsx", ["编号", "工会名称", "县区", "层级", "类型", "成立日期"],
                ([f"G{i:05}", f"第{i}工会", "汉台区", "grassroots", "enterprise", "2010-01-01"] for i in range(UNIONS)))
    write_sheet(folder / "member.xlsx", ["姓名", "身份证号", "工会", "状态", "入会日期"],
                ([name(i), identity_number(i), f"第{i % UNIONS}工会", "会员", "2020-03-01"] for i in range(rows)))
    (folder / "complete").touch()


def measure(*command: str) -> tuple[float, float]:
    """Seconds, and the most memory it ever held, in MB."""
    began = time.monotonic()
    child = os.spawnvp(os.P_NOWAIT, command[0], list(command))
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{command[0]} failed with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


READ = "import openpyxl, sys\nfor row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(): pass"


def main(program: str, rows: int) -> None:
    books = Path(f"build/peers/roster-{rows}")
    make_workbooks(books, rows)
    work = Path("build/peers/import")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    take = [program, "import", "--db", f"sqlite:{work}/zhijia.db", "--vault", f"{work}/vault", "--register"]
    measure(*take, "union", str(books / "union.xlsx"))
    seconds, megabytes = measure(*take, "member", str(books / "member.xlsx"))
    peer, peer_megabytes = measure(sys.executable, "-c", READ, str(books / "member.xlsx"))
    print(f"zhijia    {rows:,} members stored in {seconds:.1f} s, {rows / seconds:,.0f} rows/s, at most {megabytes:.0f} MB")
    print(f"openpyxl  the file read in {peer:.1f} s, at most {peer_megabytes:.0f} MB")
    print(f"ratio {peer / seconds:.2f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
