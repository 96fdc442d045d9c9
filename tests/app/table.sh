#!/usr/bin/env bash
# zhijia table: a table goes to a workbook and comes back; a broken sheet is told by its cell.
set -u
zhijia=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
model=packs/relief/difficulty.dmn
wrong=0

# says NAME EXPECTED ACTUAL: the actual text holds the expected one.
says() {
  case $3 in *"$2"*) return ;; esac
  printf '%s: “%s” is missing in:\n%s\n' "$1" "$2" "$3"
  wrong=1
}

says "the tables of a model are named" "Difficulty" "$("$zhijia" table list $model)"
"$zhijia" table export $model Difficulty --out "$folder/difficulty.xlsx" || wrong=1
"$zhijia" table import $model "$folder/difficulty.xlsx" --out "$folder/same.dmn" 2>/dev/null || wrong=1
cmp $model "$folder/same.dmn" || wrong=1

says "an unknown table is told where to look" "zhijia table list" "$("$zhijia" table export $model Nothing --out "$folder/n.xlsx" 2>&1)"

cat > "$folder/rates.dmn" <<'XML'
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="rates" namespace="urn:rates">
  <inputData id="k" name="Kind"><variable name="Kind" typeRef="string"/></inputData>
  <decision id="d" name="Rate"><variable name="Rate" typeRef="number"/>
    <informationRequirement><requiredInput href="#k"/></informationRequirement>
    <decisionTable>
      <input><inputExpression><text>Kind</text></inputExpression></input><output/>
      <rule><inputEntry><text>"deep"</text></inputEntry><outputEntry><text>1000</text></outputEntry></rule>
      <rule><inputEntry><text>"relative"</text></inputEntry><outputEntry><text>500</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
XML
# What staff save from their spreadsheet.
sheet() {
  printf '%s\n' '决策表 Decision table,Rate,命中 Hit policy,UNIQUE' '用途 Use,输入,输出' '标题 Label,,' \
    '表达式 Expression,Kind,' '类型 Type,,' '取值 Values,,' '默认 Default,,' "$@" > "$folder/rates.csv"
}
sheet '1,"""deep""",1200' '2,"""relative""",400' '3,"""accidental""",300'
"$zhijia" table import "$folder/rates.dmn" "$folder/rates.csv" --out "$folder/new.dmn" 2>/dev/null || wrong=1
printf 'Kind\ndeep\nrelative\nrelative\n' > "$folder/cases.csv"
changed=$("$zhijia" decide "$folder/rates.dmn" --input "$folder/cases.csv" --diff "$folder/new.dmn" 2>&1)
says "each changed case is listed" "2	1000	→	1200" "$changed"
says "gains, losses and their total are counted" "Rate: 1 gain, 2 lose, +0 in all" "$changed"

sheet '1,"""deep"" or",1200' '2,“relative”,400'
says "Chinese quotes are told by their cell" "B9" "$("$zhijia" table import "$folder/rates.dmn" "$folder/rates.csv" --out "$folder/n.dmn" 2>&1)"
sheet '1,"""deep"" or",1200'
says "an expression that cannot be read is told by its cell" "B8" "$("$zhijia" table import "$folder/rates.dmn" "$folder/rates.csv" --out "$folder/n.dmn" 2>&1)"
[ -e "$folder/n.dmn" ] && { echo "a refused sheet writes no model"; wrong=1; }
exit $wrong
