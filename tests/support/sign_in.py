"""Signs a new account in, and prints what a program needs to ask in its name: token, cookie, csrf."""

import json
import sys
import urllib.request

site, name, first_password = sys.argv[1:]
password = "another passphrase for this test"
headers = {"Content-Type": "application/json"}


def ask(method, path, body):
    request = urllib.request.Request(site + path, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.headers, json.loads(answer.read() or b"{}")


answered, session = ask("POST", "/api/v1/session", {"name": name, "password": first_password})
cookie = answered["Set-Cookie"].split(";")[0]
headers |= {"Cookie": cookie, "X-CSRF-Token": session["csrf"]}
ask("POST", "/api/v1/session/password", {"old": first_password, "new": password})
_, token = ask("POST", "/api/v1/tokens", {"name": "test", "reads_only": False, "days": 1})
print(token["secret"], cookie, session["csrf"])
