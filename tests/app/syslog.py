"""What another machine would hold of a server's log, and what it proves: syslog.py ZHIJIA

A socket stands for /dev/log. Who was refused comes there, and the signed head of the change log; with that line, a log that
was written anew, by somebody who has the signing key too, does not pass.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

program = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp(prefix="zhijia-syslog-")
where = os.path.join(folder, "dev-log")


def zhijia(name):
    return [program, "--db", f"sqlite:{folder}/{name}.db", "--vault", f"{folder}/{name}.vault"]


def add_user(name, who):
    subprocess.run(zhijia(name) + ["user", "add", who, "--grant", "clerk"], input=b"some words to begin with", check=True,
                   capture_output=True)


with open(os.path.join(folder, "union.csv"), "w", encoding="utf-8") as sheet:
    sheet.write("编号,工会名称,县区,层级,类型,成立日期\nGH1,甲厂工会,汉台区,grassroots,enterprise,2010-01-01\n")
for name in ("city", "anew"):
    subprocess.run(zhijia(name) + ["import", "--register", "union", sheet.name], check=True, capture_output=True)
add_user("city", "zhang")
add_user("anew", "li")
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    port = str(taken.getsockname()[1])

serve = zhijia("city") + ["serve", "--port", port, "--syslog", where]
alone = subprocess.run(serve, capture_output=True, text=True, timeout=60)
assert alone.returncode == 1 and "/dev/log" in alone.stderr, alone.stderr

listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.bind(where)
listening.settimeout(30)
server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    lines = [listening.recv(65536).decode()]
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/users?q=planted")
        except urllib.error.HTTPError as refused:
            assert refused.code == 401
            break
        except OSError:
            time.sleep(0.05)
    lines.append(listening.recv(65536).decode())
finally:
    server.terminate()
    server.wait()
assert lines[0].startswith("<29>") and ": checkpoint \"zhijia" in lines[0], lines[0]
assert lines[1].startswith("<28>") and "refused GET /api/v1/users: 401" in lines[1] and "planted" not in lines[1], lines[1]

kept = os.path.join(folder, "messages")
with open(kept, "w", encoding="utf-8") as messages:
    messages.write("".join(line + "\n" for line in lines))
right = subprocess.run(zhijia("city") + ["audit", "verify", "--checkpoint", kept], capture_output=True, text=True)
assert right.returncode == 0, right.stderr
shutil.copy(f"{folder}/city.db.key", f"{folder}/anew.db.key")
wrong = subprocess.run(zhijia("anew") + ["audit", "verify", "--checkpoint", kept], capture_output=True, text=True)
assert wrong.returncode == 1, wrong.stdout
shutil.rmtree(folder, ignore_errors=True)
print("syslog: a refusal and a checkpoint came; with it the log passes, and one written anew does not")
