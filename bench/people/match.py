"""Splink (DuckDB) on the two rosters that match_bench wrote, and the F1 of both programs' pairs.

Splink is given what its documentation advises: the same ways of finding pairs as ours (blocking rules), comparisons of
several levels with the reading in pinyin, term frequencies for names, u from random pairs, m by expectation
maximization over two blocking rules.
"""
import csv
import sys
import time

import duckdb
import splink.comparison_level_library as cll
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

folder = sys.argv[1]


def truth_of(side):
    with open(f"{folder}/{side}.csv", encoding="utf-8") as file:
        return [int(row["person"]) for row in csv.DictReader(file)]


LEFT, RIGHT = truth_of("left"), truth_of("right")
IN_BOTH = len(set(LEFT) & set(RIGHT))


def best_f1(pairs, one_to_one):
    """The best F1 over all thresholds, with its precision and recall; `pairs`: (probability, left, right)."""
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    taken_left, taken_right = set(), set()
    found = right = 0
    best = (0.0, 0.0, 0.0)
    for at, (probability, l, r) in enumerate(pairs):
        if one_to_one and (l in taken_left or r in taken_right):
            continue
        taken_left.add(l)
        taken_right.add(r)
        found += 1
        right += LEFT[l] == RIGHT[r]
        if at + 1 == len(pairs) or pairs[at + 1][0] < probability:
            f1 = 2 * right / (found + IN_BOTH)
            best = max(best, (f1, right / found, right / IN_BOTH))
    return best


def level(sql, label):
    return cll.CustomLevel(sql, label)


def level_or_null(column, levels):
    return [cll.NullLevel(column), *levels, cll.ElseLevel()]


NAME = {
    "output_column_name": "name",
    "comparison_levels": level_or_null("name", [
        cll.ExactMatchLevel("name", term_frequency_adjustments=True),
        cll.ExactMatchLevel("pinyin"),
        cll.DamerauLevenshteinLevel("name", 1),
        level("split_part(pinyin_l, ' ', 1) = split_part(pinyin_r, ' ', 1)", "same surname"),
    ]),
}
BIRTH = {
    "output_column_name": "birth_date",
    "comparison_levels": level_or_null("birth_date", [
        cll.ExactMatchLevel("birth_date"),
        level("substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4) and substr(birth_date_l, 6, 2) = "
              "substr(birth_date_r, 9, 2) and substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)", "day and month"),
        cll.DamerauLevenshteinLevel("birth_date", 1),
        cll.DamerauLevenshteinLevel("birth_date", 2),
        level("substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)", "same year"),
    ]),
}
PHONE = {
    "output_column_name": "phone",
    "comparison_levels": level_or_null("phone", [cll.ExactMatchLevel("phone"), cll.DamerauLevenshteinLevel("phone", 1)]),
}
ADDRESS = {
    "output_column_name": "address",
    "comparison_levels": level_or_null("address", [
        cll.ExactMatchLevel("address"),
        level("road_l = road_r", "same road"),
        level("area_l = area_r", "same county"),
    ]),
}


def rosters():
    """What a user of Splink would prepare in SQL: empty cells as null, addresses written one way."""
    connection = duckdb.connect()
    for side in ("left", "right"):
        connection.execute(f"""
            create table {side}_roster as
            with told as (
              select id, name, pinyin, nullif(birth_date, '') birth_date, nullif(phone, '') phone,
                     regexp_replace(address, '^陕西省汉中市', '') as written
              from read_csv('{folder}/{side}.csv', all_varchar = true)),
            parts as (
              select *, nullif(regexp_extract(written, '^[^0-9]*', 0), '') as road,
                     nullif(regexp_extract(written, '^.{{1,4}}?[区县]', 0), '') as area,
                     array_to_string(regexp_extract_all(written, '[0-9]+'), '-') as numbers
              from told)
            select id, name, pinyin, birth_date, phone, road, area,
                   case when numbers <> '' then road || numbers end as address
            from parts""")
    return connection


def settings():
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("birth_date", "split_part(pinyin, ' ', 1)"),
            block_on("substr(birth_date, 1, 4)", "pinyin"),
            block_on("road", "pinyin"),
            block_on("address", "split_part(pinyin, ' ', 1)"),
        ],
        comparisons=[NAME, BIRTH, PHONE, ADDRESS],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def splink_pairs():
    start = time.monotonic()
    connection = rosters()
    linker = Linker(["left_roster", "right_roster"], settings(), DuckDBAPI(connection=connection),
                    input_table_aliases=["l", "r"], set_up_basic_logging=False)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("phone", "pinyin"), block_on("birth_date", "pinyin")], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date", "pinyin"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    rows = connection.execute(
        f"select match_probability, cast(id_l as integer), cast(id_r as integer) from {predicted.physical_name}").fetchall()
    return rows, time.monotonic() - start


def our_pairs():
    with open(f"{folder}/pairs-zhijia.csv", encoding="utf-8") as file:
        return [(float(row["probability"]), int(row["left"]), int(row["right"])) for row in csv.DictReader(file)]


def main():
    with open(f"{folder}/seconds-zhijia", encoding="utf-8") as file:
        ours_took = float(file.read())
    theirs, theirs_took = splink_pairs()
    print(f"splink: {len(LEFT)} against {len(RIGHT)}: {theirs_took:.2f} s")
    for name, one_to_one in (("all pairs", False), ("one partner each", True)):
        for program, pairs in (("zhijia", our_pairs()), ("splink", list(theirs))):
            f1, precision, recall = best_f1(pairs, one_to_one)
            print(f"{program}, {name}: F1 {f1:.4f} (precision {precision:.4f}, recall {recall:.4f})")
    print(f"ratio: {theirs_took / ours_took:.1f} x the speed of Splink")


main()
