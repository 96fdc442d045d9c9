"""A roster of invented members, and the questions that the console's list and search ask of it. Called by list.sh."""
import datetime
import json
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

UNIONS = 3_000
LIMIT_MS = 200
CHECK_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
MEMBERS = "/api/v1/registers/member/records"


def identity_number(person: int) -> str:
    """Invented: area code 610799 is assigned to nobody. Check character by GB 11643-1999."""
    day = datetime.date(1960, 1, 1) + datetime.timedelta(days=person // 900 % 15_000)
    first = f"610799{day:%Y%m%d}{100 + person % 900}"
    total = sum(int(digit) * weight for digit, weight in zip(first, CHECK_WEIGHTS))
    return first + "10X98765432"[total % 11]


def name(person: int) -> str:
    return SURNAMES[person % 20] + GIVEN[person // 20 % 20] + GIVEN[person // 400 % 20]


def make(folder: Path, rows: int) -> None:
    with open(folder / "union.csv", "w", encoding="utf-8") as sheet:
        sheet.write("编号,工会名称,县区,层级,类型,成立日期\n")
        sheet.writelines(f"G{i:05},第{i}工会,汉台区,grassroots,enterprise,2010-01-01\n" for i in range(UNIONS))
    with open(folder / "member.csv", "w", encoding="utf-8") as sheet:
        sheet.write("姓名,身份证号,工会,状态,入会日期\n")
        sheet.writelines(f"{name(i)},{identity_number(i)},第{i % UNIONS}工会,会员,20{10 + i % 11}-0{1 + i % 9}-{10 + i % 19}\n"
                         for i in range(rows))


class Console:
    def __init__(self, site: str, cookie: str):
        self.site, self.cookie = site, cookie

    def ask(self, path: str, **query) -> dict:
        query = urllib.parse.urlencode({key: value for key, value in query.items() if value is not None})
        request = urllib.request.Request(f"{self.site}{path}?{query}", headers={"Cookie": self.cookie})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            sys.exit(f"{path} {query}: {refused.code} {refused.read().decode()[:300]}")


def questions(console: Console, rows: int) -> list:
    """What is asked, by the words with which it is printed. A page is of a hundred rows, as the list's is."""
    after, by_day = None, None
    for _ in range(min(rows // 1000, 200)):  # far down, as one gets there: page after page
        after = console.ask(MEMBERS, limit=1000, after=after)["next"]
        by_day = console.ask(MEMBERS, limit=1000, sort="-joined_on", after=by_day)["next"]
    some = rows // 2
    page = lambda **query: (MEMBERS, {"limit": 100} | query)
    found = lambda word: ("/api/v1/search", {"q": word})
    return [("first page", page()),
            ("deep page", page(after=after)),
            ("how many there are", (MEMBERS, {"limit": 1, "total": "true"})),
            ("list: part of a name", page(q=name(some)[1:])),
            ("list: how many of that name", (MEMBERS, {"limit": 1, "total": "true", "q": name(some)[1:]})),
            ("list: whole identity number", page(q=identity_number(some))),
            ("list: words that nobody has", page(q="无人叫此名")),
            ("list: a day", page(where='joined_on = date("2020-01-10")')),
            ("list: of one union", page(where='organisation.name = "第77工会"')),
            ("sorted by day", page(sort="-joined_on")),
            ("sorted by day, deep", page(sort="-joined_on", after=by_day)),
            ("search: beginning of a name", found(name(some)[:2])),
            ("search: pinyin initials", found("zww")),
            ("search: identity number", found(identity_number(some)))]


def measure(site: str, rows: int, cookie: str) -> None:
    console, slow = Console(site, cookie), []
    console.ask("/api/v1/search", q="zz")  # the initials of all are read once after a start
    for title, (path, query) in questions(console, rows):
        times = []
        for _ in range(15):
            began = time.perf_counter()
            items = console.ask(path, **query)["items"]
            times.append(1000 * (time.perf_counter() - began))
        print(f"{title:30} median {statistics.median(times):7.1f} ms  slowest {max(times):7.1f} ms  {len(items)} items", flush=True)
        if statistics.median(times) >= LIMIT_MS:
            slow.append(title)
    if slow:
        sys.exit(f"{LIMIT_MS} ms and more at the median: {', '.join(slow)}")
    print(f"{rows:,} members: the median of every question under {LIMIT_MS} ms")


def main() -> None:
    if sys.argv[1] == "make":
        return make(Path(sys.argv[2]), int(sys.argv[3]))
    folder, rows, site = Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    for _ in range(100):
        try:
            urllib.request.urlopen(site + "/healthz")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    if not (folder / "signed-in").exists():
        subprocess.run([sys.executable, "tests/support/sign_in.py", site, "bench", "a passphrase to begin with"],
                       check=True, stdout=subprocess.DEVNULL)
        (folder / "signed-in").touch()
    session = json.dumps({"name": "bench", "password": "another passphrase for this test"}).encode()
    request = urllib.request.Request(site + "/api/v1/session", session, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        measure(site, rows, answer.headers["Set-Cookie"].split(";")[0])



main()
