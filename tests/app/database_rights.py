"""Serves from PostgreSQL as an ordinary owner of the database, and not as its superuser: database_rights.py ZHIJIA"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

programs = "/usr/lib/postgresql/15/bin"
if not os.path.exists(programs + "/postgres"):
    print("PostgreSQL 15 is not installed")
    sys.exit(77)
program = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp(prefix="zhijia-rights-")
user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
if user is not None:
    os.chown(folder, user, -1)
quiet = {"user": user, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
subprocess.run([programs + "/initdb", "-D", folder + "/data", "-A", "trust", "-U", "boss", "-N"], check=True, **quiet)
server = subprocess.Popen([programs + "/postgres", "-D", folder + "/data", "-k", folder, "-c", "listen_addresses=",
                           "-c", "fsync=off"], **quiet)


home = tempfile.mkdtemp(prefix="zhijia-home-")


def address(who, database="city"):
    return f"postgresql:///{database}?host={folder}&user={who}"


def serve(who, *more):
    """What it says at its start, and whether it serves."""
    log_path = os.path.join(home, "log")
    with open(log_path, "wb") as log:
        serving = subprocess.Popen([program, "--db", address(who), "--vault", home + "/vault", "--files", home + "/files",
                                    "serve", "--port", "0", *more], stdout=log, stderr=log)
    said, is_up = "", False
    for _ in range(600):
        with open(log_path, encoding="utf-8") as log:
            said = log.read()
        if "http://" in said and "\n" in said:
            at = said[said.index("http://"):].split("  ")[0]
            is_up = urllib.request.urlopen(at + "healthz").status == 200
        if is_up or serving.poll() is not None:
            break
        time.sleep(0.05)
    serving.terminate()
    return is_up, said, serving.wait()


try:
    for _ in range(600):
        made = subprocess.run(["psql", address("boss", "postgres"), "-c", "CREATE ROLE zhijia LOGIN", "-c",
                               "CREATE DATABASE city OWNER zhijia"], capture_output=True)
        if made.returncode == 0:
            break
        time.sleep(0.05)
    is_up, said, _ = serve("zhijia")
    assert is_up, said
    is_up, said, code = serve("boss")
    assert not is_up and code == 1 and "--allow-database-superuser" in said, said
    is_up, said, _ = serve("boss", "--allow-database-superuser")
    assert is_up, said
    print("database rights: an owner serves, a superuser does not unless he is let")
finally:
    server.terminate()
    server.wait()
    for each in (folder, home):
        shutil.rmtree(each, ignore_errors=True)
