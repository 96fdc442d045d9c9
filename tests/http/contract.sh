#!/usr/bin/env bash
# Holds the served interface to its own description with schemathesis (PyPI), over the demonstration city.
# contract.sh ZHIJIA EXAMPLES
set -euo pipefail
zhijia=$1 examples=${2:-10}
here=$(dirname "${BASH_SOURCE[0]}")
work=build/contract
port=8093
site=http://127.0.0.1:$port
mkdir -p $work
[ -x $work/venv/bin/schemathesis ] || { python3 -m venv $work/venv && $work/venv/bin/pip install -q schemathesis==4.32.5; }

cp build/demo/demo.db $work/city.db
rm -f $work/city.db-wal $work/city.db-shm
city=("$zhijia" --db sqlite:$work/city.db --vault build/demo/demo.vault)
grants=(--grant clerk --grant manager --grant admin)
for role in $(grep -rhoE '\bby: *[a-z_]+' packs | sed 's/by: *//' | sort -u | grep -vx system); do grants+=(--grant "$role"); done
echo 'a passphrase to begin with' | "${city[@]}" user add contract "${grants[@]}"
# Besides who may do all: a county's clerk, who may do little elsewhere, and an auditor, who may only read.
echo 'a passphrase to begin with' | "${city[@]}" user add contract-clerk --grant clerk@610702
echo 'a passphrase to begin with' | "${city[@]}" user add contract-auditor --grant auditor
"${city[@]}" serve --year 2020 --port $port --costly-per-minute 1000000 2>$work/server.log &
server=$!
trap 'kill $server' EXIT
sleep 2

sign_in() { python3 tests/support/sign_in.py $site "$1" 'a passphrase to begin with'; }
with_token() { printf '\n[auth.openapi]\ntoken = { bearer = "%s" }\n' "$1" | cat "$here/schemathesis.toml" - >$work/schemathesis.toml; }
check() {
  $work/venv/bin/schemathesis --config-file $work/schemathesis.toml run $site/api/openapi.json \
    --max-examples "$examples" --seed 1 --generation-database none --continue-on-failure "$@" || failed=1
}
failed=0
for who in contract-clerk contract-auditor contract; do
  read -r token cookie csrf < <(sign_in $who)
  with_token "$token"
  check --exclude-path-regex '/api/v1/(session|users|tokens|work|delegations)'
done
# Last, because it may disable its own account. Signing out and changing the password would end the run's own session: writing_test.cpp asks for them.
printf '\n[auth.openapi]\nsession = { api_key = "%s" }\ncsrf = { api_key = "%s" }\n' "${cookie#*=}" "$csrf" |
  cat "$here/schemathesis.toml" - >$work/schemathesis.toml
check --include-path-regex '/api/v1/(session|users|tokens|work|delegations)' --exclude-path-regex '/users/.+/' \
  --exclude-path /api/v1/session/password --exclude-path /api/v1/session --exclude-path /api/v1/session/totp
# What an administrator does to an account ends its sessions, and the run's own when it hits upon itself: after all else.
check --include-path-regex '/users/.+/'
! grep ' fault ' $work/server.log || exit 1
exit $failed
