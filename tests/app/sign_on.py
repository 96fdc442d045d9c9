"""Signs in through a real OpenID Connect provider on this machine (npm's oidc-provider).

sign_on.py ZHIJIA FOLDER    FOLDER keeps the provider's packages from run to run. Leaves with 77 where npm is missing.
"""

import html
import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

program, kept = os.path.abspath(sys.argv[1]), sys.argv[2]
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sign_on")
if not shutil.which("npm"):
    sys.exit(77)
os.makedirs(kept, exist_ok=True)
for name in ("package.json", "package-lock.json", "provider.mjs"):
    shutil.copy(os.path.join(here, name), kept)
if not os.path.isdir(os.path.join(kept, "node_modules", "oidc-provider")):
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=kept, check=True)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(url):
    for _ in range(600):
        try:
            return urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nothing answers at " + url)


class Browser:
    """Keeps cookies and follows redirects."""

    def __init__(self):
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, url, form=None):
        """Status, final address and text."""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            answer = self.opener.open(url, data, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.url, answer.read().decode()

    def sign_in(self, who):
        """Through the provider's own pages: who one is, and that one agrees."""
        status, address, text = self.get(site + "/api/v1/session/oidc")
        for form in ({"prompt": "login", "login": who, "password": "any"}, {"prompt": "consent"}):
            action = re.search(r'<form[^>]*action="([^"]+)"', text)
            assert action, (status, address, text)
            status, address, text = self.get(urllib.parse.urljoin(address, html.unescape(action[1])), form)
        return status, address, text


def expect(what, found, wanted):
    if found != wanted:
        failures.append(f"{what}: {found} instead of {wanted}")


failures = []
folder = tempfile.mkdtemp(prefix="zhijia-sign-on-")
zhijia = [program, "--db", f"sqlite:{folder}/city.db", "--vault", f"{folder}/master"]
ports = free_port(), free_port()
issuer, site = f"http://127.0.0.1:{ports[0]}", f"http://localhost:{ports[1]}"
with open(f"{folder}/roster.csv", "w", encoding="utf-8") as sheet:
    sheet.write("编号,名称,季节,预算\nD2020,送温暖,冬送温暖,1000\n")
with open(f"{folder}/secret", "w", encoding="utf-8") as secret:
    secret.write("a secret of client and provider\n")
subprocess.run(zhijia + ["import", "--register", "season_programme", sheet.name], check=True, capture_output=True)
subprocess.run(zhijia + ["user", "add", "zhang", "--grant", "clerk"], input=b"a passphrase to begin with", check=True)
subprocess.run(zhijia + ["user", "link", "zhang", "--issuer", issuer, "--subject", "subject-of-zhang"], check=True)
provider = subprocess.Popen(
    ["node", "provider.mjs", str(ports[0]), site + "/api/v1/session/oidc/callback"],
    cwd=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
server = subprocess.Popen(
    zhijia + ["serve", "--year", "2020", "--port", str(ports[1]), "--oidc-issuer", issuer, "--oidc-client", "zhijia",
              "--oidc-secret-file", f"{folder}/secret"],
    stderr=subprocess.DEVNULL,
)
try:
    wait_for(issuer + "/.well-known/openid-configuration")
    wait_for(site + "/healthz")
    browser = Browser()
    status, address, text = browser.sign_in("subject-of-zhang")
    expect("who is linked signs in", status, 200)
    status, _, text = browser.get(site + "/api/v1/session")
    expect("the session is there", (status, json.loads(text).get("user", {}).get("name")), (200, "zhang"))
    expect("the same answer does not serve twice", browser.get(address)[0], 401)
    expect("nor in another browser", Browser().get(address)[0], 401)
    stranger = Browser()
    status, _, text = stranger.sign_in("subject-of-somebody")
    expect("who is not linked is refused", (status, "session.not_linked" in text), (403, True))
    expect("and has no session", stranger.get(site + "/api/v1/session")[0], 401)
    denied = Browser()
    denied.get(site + "/api/v1/session/oidc")
    callback = site + "/api/v1/session/oidc/callback?"
    expect("a forged state is refused", denied.get(callback + "code=x&state=y")[0], 401)
finally:
    for process in (server, provider):
        process.terminate()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
for failure in failures:
    print(failure)
print("sign-on:", "all as it should be" if not failures else f"{len(failures)} faults")
sys.exit(1 if failures else 0)
