"""Plants secrets in records and looks for them wherever they must not be.

secrets.py ZHIJIA

An identity number, a secret paper and its name, a password, a token, a session: asked for in all the ways that the
interface has, in right requests and wrong ones. None of them may stand in an answer (but the one that reveals it), in
the program's log, in the database, its journal, its backup, or among the files.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

program = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp(prefix="zhijia-secrets-")
database = os.path.join(folder, "city.db")
zhijia = [program, "--db", f"sqlite:{database}", "--vault", os.path.join(folder, "master")]
number, paper_name, paper_text = "610799198001010017", "diagnosis-of-planted.pdf", "planted page of a case"
first_password, password = "planted words to begin with", "planted words to go on with"
paper = f"%PDF-1.4\n% {paper_text}\ntrailer<<>>\nstartxref\n9\n%%EOF\n".encode()
records = "/api/v1/registers/dispute/records"

with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    port = taken.getsockname()[1]

answers = []


def call(method, path, body=None, headers=None, is_revealing=False):
    headers = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body, headers = json.dumps(body).encode(), headers | {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if not is_revealing:
        answers.append((f"{method} {path}: {answer.status}", text + str(answer.headers).encode()))
    return answer.status, answer.headers, text


with open(os.path.join(folder, "p.csv"), "w", encoding="utf-8") as sheet:
    sheet.write("编号,名称,季节,预算\nD2020,送温暖,冬送温暖,1000\n")
subprocess.run(zhijia + ["import", "--register", "season_programme", sheet.name], check=True, capture_output=True)
subprocess.run(zhijia + ["user", "add", "zhang", "--grant", "manager", "--grant", "admin"], input=first_password.encode(), check=True)
log = open(os.path.join(folder, "log"), "wb")
server = subprocess.Popen(zhijia + ["serve", "--year", "2020", "--port", str(port)], stderr=log, stdout=log)
secrets = {"identity number": number, "paper": paper_text, "paper's name": paper_name,
           "first password": first_password, "password": password}
try:
    for _ in range(600):
        try:
            call("GET", "/healthz")
            break
        except OSError:
            time.sleep(0.05)
    call("POST", "/api/v1/session", {"name": "zhang", "password": first_password + "?"})
    call("POST", "/api/v1/session", {"name": first_password, "password": "x"})
    _, headers, text = call("POST", "/api/v1/session", {"name": "zhang", "password": first_password})
    cookie, csrf = headers["Set-Cookie"].split(";")[0], json.loads(text)["csrf"]
    session = {"Cookie": cookie, "X-CSRF-Token": csrf}
    answers.pop()  # the session's own token is for this answer
    call("POST", "/api/v1/session/password", {"old": first_password, "new": password}, session)
    _, _, text = call("POST", "/api/v1/tokens", {"name": "t", "reads_only": False, "days": 1}, session, is_revealing=True)
    secrets |= {"session": cookie.split("=")[1], "token": json.loads(text)["secret"]}
    cause = json.loads(call("GET", "/api/v1/catalogue", None, session)[2])["code_lists"]["dispute_cause"]["values"][0]["code"]
    values = {"code": "A", "subject": {"name": "郑安", "identity_number": number}, "cause": cause,
              "requested_on": "2020-01-15", "due_on": "2020-01-30"}
    status, _, text = call("POST", records, {"values": values}, session)
    assert status == 201, text
    address = records + "/" + json.loads(text)["id"]
    status, _, text = call("POST", address + "/attachments/papers", paper, session | {"X-File-Name": paper_name})
    assert status == 201, text
    one = address + "/attachments/papers/" + json.loads(text)["values"]["papers"][0]["id"]
    for wrong in ({"values": values}, {"values": values | {"cause": number}}, {"values": values | {"due_on": number}},
                  {"values": values | {"subject": {"name": "王平", "identity_number": number}, "code": "B"}},
                  {"values": values | {number: 1}}, {number: number}):
        answers_before = len(answers)
        call("POST", records, wrong, session)
        # What somebody typed into another field is told back to him alone.
        if number in json.dumps({k: v for k, v in wrong.get("values", wrong).items() if k != "subject"}):
            del answers[answers_before:]
    for path in ("", "/history", "/steps", "/attachments/papers/1", "/attachments/papers"):
        call("GET", address + path, None, session)
    call("GET", one, None, session)
    call("GET", records, None, session)
    for term in ("q", "where"):
        assert call("GET", f"{records}?{term}={number}", None, session)[0] == 400
        call("POST", "/api/v1/registers/dispute/search", {term: number}, session)
    call("GET", "/api/v1/users", None, session)
    call("GET", "/api/v1/tokens", None, session)
    call("GET", "/api/v1/session", None, session)
    call("GET", "/plain/registers/dispute", None, session)
    call("GET", "/api/v1/registers/dispute/export.xlsx", None, session)
    call("PATCH", address, {"values": {"due_on": "2020-02-01"}}, session | {"If-Match": '"2"'})
    shown = call("POST", address + "/reveal", {"field": "subject", "reason": "test"}, session, is_revealing=True)
    assert json.loads(shown[2])["value"] == number
    shown = call("POST", one + "/reveal", {"reason": "test"}, session, is_revealing=True)
    assert shown[2] == paper
    call("DELETE", "/api/v1/session", None, session)
    subprocess.run(zhijia + ["backup", os.path.join(folder, "backup")], check=True, capture_output=True)
finally:
    server.terminate()
    server.wait()
    log.close()

found = [f"{name} in the answer to {what}" for what, text in answers for name, secret in secrets.items()
         if secret.encode() in text and not (name == "session" and "Set-Cookie" in what)]
for at, _, names in os.walk(folder):
    for name in names:
        if name in ("master", "p.csv"):
            continue
        with open(os.path.join(at, name), "rb") as file:
            held = file.read()
        found += [f"{what} in {os.path.relpath(os.path.join(at, name), folder)}" for what, secret in secrets.items()
                  if secret.encode() in held]
verified = subprocess.run(zhijia + ["audit", "verify"], capture_output=True, text=True)
if verified.returncode != 0:
    found.append("audit verify: " + verified.stderr)
shutil.rmtree(folder, ignore_errors=True)
for each in found:
    print(each)
print(f"secrets: {len(secrets)} planted, {len(answers)} answers and all files read:", "none found" if not found else "FOUND")
sys.exit(1 if found else 0)
