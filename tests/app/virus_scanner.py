"""A paper with a virus is refused by the program as it is served, and any while the scanner is away: virus_scanner.py ZHIJIA"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

if not os.path.exists("/usr/sbin/clamd"):
    print("clamd is not installed")
    sys.exit(77)
program = os.path.abspath(sys.argv[1])
sign_in = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "sign_in.py")
folder = tempfile.mkdtemp(prefix="zhijia-virus-")
zhijia = [program, "--db", f"sqlite:{folder}/city.db", "--vault", f"{folder}/vault"]
virus, password = b"a virus that a test made up", "some words to begin with"

os.mkdir(folder + "/signatures")
with open(folder + "/signatures/planted.ndb", "w", encoding="ascii") as signatures:
    signatures.write(f"Zhijia.Planted:0:*:{virus.hex()}\n")
with open(folder + "/clamd.conf", "w", encoding="ascii") as settings:
    settings.write(f"Foreground yes\nLocalSocket {folder}/clamd\nDatabaseDirectory {folder}/signatures\n")
clamd = subprocess.Popen(["/usr/sbin/clamd", "-c", folder + "/clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
with open(folder + "/city.csv", "w", encoding="utf-8") as sheet:
    sheet.write("编号,名称,季节,预算\nD2020,送温暖,冬送温暖,1000\n")
subprocess.run(zhijia + ["import", "--register", "season_programme", sheet.name], check=True, capture_output=True)
subprocess.run(zhijia + ["user", "add", "zhang", "--grant", "clerk"], input=password.encode(), check=True, capture_output=True)
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    site = f"http://127.0.0.1:{taken.getsockname()[1]}"


def within_seconds(is_so):
    for _ in range(600):
        try:
            if is_so():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("not in time")


def listens():
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(folder + "/clamd")
    return True


within_seconds(listens)
server = subprocess.Popen(zhijia + ["serve", "--port", site.rsplit(":", 1)[1], "--virus-scanner", folder + "/clamd"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def post(path, body, kind):
    """Status and answer."""
    request = urllib.request.Request(site + path, body, {"Authorization": "Bearer " + token, "Content-Type": kind})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


try:
    within_seconds(lambda: urllib.request.urlopen(site + "/healthz"))
    token = subprocess.run([sys.executable, sign_in, site, "zhang", password], check=True, capture_output=True,
                           text=True).stdout.split()[0]
    records = "/api/v1/registers/season_fund/records"
    fund = {"code": "A", "programme": {"key": "D2020"}, "region": "610702", "source": "union", "amount": "1", "paid_on": "2020-01-15"}
    status, made = post(records, json.dumps({"values": fund}).encode(), "application/json")
    assert status == 201, made
    vouchers = f"{records}/{made['id']}/attachments/vouchers"
    paper = b"%PDF-1.4\n% a page\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
    status, answer = post(vouchers, paper.replace(b"a page", virus), "application/octet-stream")
    assert status == 422 and "Zhijia.Planted" in answer["detail"], answer
    status, answer = post(vouchers, paper, "application/octet-stream")
    assert status == 201, answer
    clamd.kill()
    clamd.wait()
    status, answer = post(vouchers, paper, "application/octet-stream")
    assert status == 503, answer
    print("virus scanner: a planted one is named and refused, a clean page taken, none while clamd is away")
finally:
    for process in (server, clamd):
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
