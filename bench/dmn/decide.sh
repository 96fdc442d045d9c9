#!/usr/bin/env bash
# decide.sh BUILD: decides a million invented households by packs/relief/difficulty.dmn, in columns, on one core, with the
# deciding row kept; then OpenFisca-core, dsntk and Drools do the same. Peers are built into folders of their own below
# build/peers; one that cannot be had is said to be missing. Peers that work one by one get fewer households. CPU time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/build/bench}/src/dmn/decide_bench
model=$root/packs/relief/difficulty.dmn
peers=$root/build/peers
data=$peers/decide
openfisca_version=46.0.1
one_by_one=20000
mkdir -p "$data" "$peers/drools"

missing() { echo "$1 cannot be had here: it is left out" >&2; }

"$program" "$model" "$data" 1000000 > "$data/results.tsv"

if { [ -d "$peers/openfisca" ] || python3 -m venv "$peers/openfisca"; } &&
  "$peers/openfisca/bin/pip" install --quiet --disable-pip-version-check "openfisca-core==$openfisca_version"; then
  "$peers/openfisca/bin/python" "$here/openfisca_peer.py" "$data" >> "$data/results.tsv"
else missing OpenFisca-core; fi

# dsntk 0.2.0 refuses labels, does not compare with products in cells, and takes a collection of nothing for null: it gets
# the same rules written around that.
limit='<decision id="relative" name="Relative Limit"><variable name="Relative Limit" typeRef="number"/>'
limit+='<informationRequirement><requiredInput href="#line"/></informationRequirement>'
limit+='<informationRequirement><requiredInput href="#multiple"/></informationRequirement>'
limit+='<literalExpression><text>Relative Multiple * Subsistence Line</text></literalExpression></decision>'
sed -E -e 's/ label="[^"]*"//' -e 's/count\(Exclusions\)/if Exclusions = null then 0 else count(Exclusions)/' \
  -e 's/Relative Multiple \* Subsistence Line/Relative Limit/' -e "/<decision id=\"determination\"/i $limit" \
  -e '/requiredInput href="#multiple"/a <informationRequirement><requiredDecision href="#relative"/></informationRequirement>' \
  "$model" > "$data/model-for-dsntk.dmn"
if CARGO_TARGET_DIR=$peers/dsntk-dmn cargo build --quiet --release --manifest-path "$here/dsntk/Cargo.toml"; then
  "$peers/dsntk-dmn/release/dsntk-dmn-peer" "$data/model-for-dsntk.dmn" "$data" $one_by_one >> "$data/results.tsv"
else missing dsntk; fi

cp -r "$here/drools/." "$peers/drools/"
if mvn --quiet --batch-mode -f "$peers/drools/pom.xml" "-Dmaven.repo.local=$peers/drools/repository" package \
  dependency:copy-dependencies "-DoutputDirectory=$peers/drools/target/jars"; then
  java -cp "$peers/drools/target/classes:$peers/drools/target/jars/*" Peer "$model" "$data" $one_by_one >> "$data/results.tsv"
else missing Drools; fi

python3 "$here/ratios.py" "$data/results.tsv"
