"""ratios.py FILE: a table of lines (name, CPU ns a household, households, differences from our results), ratios last."""

import pathlib
import sys

rows = {}
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    name, nanoseconds, count, differences = line.split("\t")
    rows[name] = (float(nanoseconds), int(count), int(differences))
print(f"{'':16}{'ns a household':>16}{'households/s a core':>22}{'households':>12}{'decided otherwise':>20}")
for name, (nanoseconds, count, differences) in rows.items():
    print(f"{name:16}{nanoseconds:16.1f}{1e9 / nanoseconds:22,.0f}{count:12,}{differences:20,}")
ours, count, _ = rows["ours"]
tenth, tenth_count, _ = rows["ours, a tenth"]
print(f"growth: {count / tenth_count:.0f} x the households take {ours * count / (tenth * tenth_count):.1f} x the time")
for name, (nanoseconds, peer_count, _) in rows.items():
    if not name.startswith("ours"):
        note = f", its rate taken from {peer_count:,} households" if peer_count != count else ""
        print(f"{name}: ours is {nanoseconds / ours:.1f} x as fast{note}")
for name, (nanoseconds, peer_count, _) in rows.items():
    if not name.startswith("ours"):
        print(f"{name}: ours on all cores, by the clock on the wall, is {nanoseconds / rows['ours, all cores'][0]:.1f} x as fast")
print(f"ours: {1e3 / ours:.2f} M households/s a core, deciding rows kept")
