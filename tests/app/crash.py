"""Kills a serving program at random moments while clerks write, and checks what is left.

crash.py ZHIJIA [KILLS] [SEED]

Eight clerks write over HTTP to several registers: funds that are approved, paid and posted, disputes of persons, papers
open and secret. After each kill the program is started anew; every write that was acknowledged must be there as it was
acknowledged, and a write whose answer was lost must be there whole or not at all: it is sent again under the same
Idempotency-Key, and must then be there once. In the end the log is verified, with every row and file, and every posting
must balance and stand for a record that was paid.
"""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

program = os.path.abspath(sys.argv[1])
kills = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
clerks = 8
random.seed(seed)

folder = tempfile.mkdtemp(prefix="zhijia-crash-")
database = os.path.join(folder, "city.db")
zhijia = [program, "--db", f"sqlite:{database}", "--vault", os.path.join(folder, "master")]
first_password, password = "a passphrase to begin with", "another passphrase to go on with"
records = "/api/v1/registers/{}/records"


class Lost(Exception):
    """No answer: the program was killed before it came."""


def call(port, method, path, body=None, token=None, headers=None):
    """Status, headers and body of an answer."""
    headers = dict(headers or {})
    if token:
        headers["Authorization"] = "Bearer " + token
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Lost() from error
    finally:
        connection.close()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def start():
    port = free_port()
    server = subprocess.Popen(
        zhijia + ["serve", "--year", "2020", "--port", str(port), "--costly-per-minute", "1000000"],
        stderr=subprocess.PIPE,
    )
    for _ in range(1200):
        try:
            if call(port, "GET", "/healthz")[0] == 200:
                return server, port
        except Lost:
            if server.poll() is not None:
                break
            time.sleep(0.02)
    raise SystemExit("the program does not start: " + server.stderr.read().decode())


def make_account(name, roles):
    grants = [word for role in roles for word in ("--grant", role)]
    subprocess.run(zhijia + ["user", "add", name] + grants, input=first_password.encode(), check=True)


def token_of(port, name):
    _, headers, body = call(port, "POST", "/api/v1/session", {"name": name, "password": first_password})
    session = {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": json.loads(body)["csrf"]}
    changed = call(port, "POST", "/api/v1/session/password", {"old": first_password, "new": password}, None, session)
    assert changed[0] == 204, changed
    asked = {"name": "crash", "reads_only": False, "days": 1}
    return json.loads(call(port, "POST", "/api/v1/tokens", asked, None, session)[2])["secret"]


def identity_number(n):
    """Of an invented person: area 610799, born in the eighties, a right check digit (GB 11643)."""
    digits = f"610799{1980 + n % 10}{1 + n // 10 % 12:02}{1 + n // 120 % 28:02}{n // 3360 % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def paper(text):
    return f"%PDF-1.4\n% {text}\ntrailer<<>>\nstartxref\n9\n%%EOF\n".encode()


class Kept:
    """A record as it was last acknowledged, and the one write whose answer is still owed."""

    def __init__(self, register):
        self.register, self.address, self.seen, self.owed = register, None, None, None

    def write(self, port, token, method, path, body=None, headers=None, key=None):
        key = key or f"{random.getrandbits(96):x}"
        sent = {"Idempotency-Key": key} | (headers or {})
        self.owed = (token, method, path, body, headers, key)
        status, _, answer = call(port, method, path, body, token, sent)
        self.owed = None
        if status not in (200, 201):
            failures.append(f"{method} {path}: {status} {answer.decode()}")
            return
        self.seen = json.loads(answer)
        self.address = records.format(self.register) + "/" + self.seen["id"]

    def if_match(self):
        return {"If-Match": f'"{self.seen["version"]}"'}

    def check(self, port):
        """What was acknowledged is there, as it was acknowledged, unless the owed write has come after it."""
        if not self.seen:
            return
        status, _, answer = call(port, "GET", self.address, None, tokens["maker"])
        found = json.loads(answer) if status == 200 else {}
        same = found == self.seen
        later = self.owed and found.get("version") == self.seen["version"] + 1
        if not same and not later:
            failures.append(f"lost: {self.address} was {self.seen} and is {status} {answer.decode()}")

    def settle(self, port):
        """The owed write, sent again as it was: done once, whether it had been done or not."""
        if not self.owed:
            return
        token, method, path, body, headers, key = self.owed
        before = self.seen["version"] if self.seen else 0
        self.write(port, token, method, path, body, headers, key)
        if self.seen and self.seen["version"] != before + 1:
            failures.append(f"twice: {method} {path} led from version {before} to {self.seen['version']}")


def fund(port, number, name):
    kept = Kept("season_fund")
    book.append(kept)
    values = {"code": name, "programme": {"key": "D2020"}, "region": "610702", "source": "union",
              "amount": f"{number % 900 + 1}.50", "paid_on": "2020-01-15"}
    kept.write(port, tokens["maker"], "POST", records.format("season_fund"), {"values": values})
    kept.write(port, tokens["maker"], "POST", kept.address + "/attachments/vouchers", paper(name), {"X-File-Name": "v.pdf"})
    kept.write(port, tokens["maker"], "PATCH", kept.address, {"values": {"amount": f"{number % 700 + 2}.25"}}, kept.if_match())
    kept.write(port, tokens["approver"], "POST", kept.address + "/steps/approve", None, kept.if_match())
    kept.write(port, tokens["payer"], "POST", kept.address + "/steps/pay", None, kept.if_match())


def dispute(port, number, name):
    kept = Kept("dispute")
    book.append(kept)
    values = {"code": name, "subject": {"name": "郑安", "identity_number": identity_number(number)}, "cause": cause,
              "requested_on": "2020-01-15", "due_on": "2020-01-30"}
    kept.write(port, tokens["maker"], "POST", records.format("dispute"), {"values": values})
    kept.write(port, tokens["maker"], "POST", kept.address + "/attachments/papers", paper(name), {"X-File-Name": "p.pdf"})


def work(port, round_, clerk, stop):
    for i in range(10_000):
        if stop.is_set():
            return
        try:
            number = (round_ * clerks + clerk) * 100 + i
            (fund if (clerk + i) % 2 else dispute)(port, number, f"{round_}-{clerk}-{i}")
        except Lost:
            return
        except Exception as error:  # of this script: to be told, not to be swallowed by its thread
            failures.append(f"clerk {clerk}: {error!r}")
            return


def verify():
    done = subprocess.run(zhijia + ["audit", "verify"], capture_output=True, text=True)
    if done.returncode != 0:
        failures.append("audit verify: " + done.stderr)
    return done.stdout.strip()


def check_books():
    """Every posting balances, and every record that was paid has one, over its amount."""
    books = sqlite3.connect(database)
    unbalanced = books.execute(
        "SELECT count(*) FROM (SELECT posting FROM posting_line GROUP BY posting HAVING sum(debit) <> sum(credit))"
    ).fetchone()[0]
    wrong = books.execute(
        "SELECT count(*) FROM season_fund f WHERE (f.state = 'paid') <> (1 = (SELECT count(*) FROM posting p JOIN "
        "posting_line l ON l.posting = p.id AND l.debit = f.amount WHERE p.register = 'season_fund' AND p.record = f.id))"
    ).fetchone()[0]
    if unbalanced or wrong:
        failures.append(f"books: {unbalanced} postings do not balance, {wrong} records and postings do not agree")
    return books.execute("SELECT count(*) FROM posting").fetchone()[0]


def main():
    global book
    acknowledged, begun = 0, time.monotonic()
    for round_ in range(1, kills + 1):
        server, port = start()
        for kept in book:
            kept.check(port)
            kept.settle(port)
            acknowledged += kept.seen["version"] if kept.seen else 0
        book = []
        stop = threading.Event()
        threads = [threading.Thread(target=work, args=(port, round_, clerk, stop)) for clerk in range(clerks)]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.01, 0.8))
        server.send_signal(signal.SIGKILL)
        stop.set()
        server.wait()
        for thread in threads:
            thread.join()
        if round_ % 50 == 0:
            print(f"{round_} kills, {acknowledged} acknowledged writes, {time.monotonic() - begun:.0f} s; {verify()}", flush=True)
        if failures:
            break
    server, port = start()
    for kept in book:
        kept.check(port)
        kept.settle(port)
        acknowledged += kept.seen["version"] if kept.seen else 0
    server.terminate()
    server.wait()
    verified, postings = verify(), check_books()
    for failure in failures[:20]:
        print(failure)
    print(verified)
    result = "none lost, every posting balances" if not failures else f"{len(failures)} FAULTS"
    print(f"crash: seed {seed}, {round_} kills, {acknowledged} acknowledged writes, {postings} postings: {result}")
    return 1 if failures else 0


failures, book = [], []
with open(os.path.join(folder, "season_programme.csv"), "w", encoding="utf-8") as sheet:
    sheet.write("编号,名称,季节,预算\nD2020,送温暖,冬送温暖,1000000000\n")
subprocess.run(zhijia + ["import", "--register", "season_programme", sheet.name], check=True, capture_output=True)
make_account("maker", ["clerk", "manager"])
make_account("approver", ["approver"])
make_account("payer", ["cashier"])
serving, at = start()
tokens = {name: token_of(at, name) for name in ("maker", "approver", "payer")}
lists = json.loads(call(at, "GET", "/api/v1/catalogue", None, tokens["maker"])[2])["code_lists"]
cause = lists["dispute_cause"]["values"][0]["code"]
serving.terminate()
serving.wait()
try:
    sys.exit(main())
finally:
    shutil.rmtree(folder, ignore_errors=True)
