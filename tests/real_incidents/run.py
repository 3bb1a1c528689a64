#!/usr/bin/env python3
"""Real incidents against `sim rerun`: fitted on the first year, told of what came, quarter by quarter; do its 80 % intervals hold?

    python3 tests/real_incidents/run.py INCIDENTS.csv [--sim PATH] [--trials N] [--drift-series N]

Python 3 and its standard library are enough. The table has the columns start (ISO time), duration_minutes and impact; maintenance is
passed over, it is announced. The first four whole calendar quarters are the first year.

How the first year is fitted
----------------------------
rate            incidents of the year / 4, per quarter.
overdispersion  v of the count's variance mu + v mu^2, by moments over the year's months: max(0, (s^2 - m) / m^2), the month's factor
                taken to hold for its quarter (`sim` knows quarters; months that move together within a quarter say the same of both).
rate_cv         what the year leaves open of the rate: sqrt(1 / incidents + v / 4).
downtime        lognormal, by the mean and the deviation of ln minutes, at least one minute.

Forecasts
---------
The scenario begins with the second year. On the first day of each later month `sim rerun` is told the count and the minutes up to then
and says how likely the current quarter's minutes were to stay below what they came to: that place must lie between 10 and 90 % in four
of five windows. Windows from a quarter's first day are the next quarter's minutes; those from its second and third month are finer, but
share the quarter's end.

Three ways to use the evidence:
all      one scenario, every count since its start: the rate is taken as one number for all time.
year     a new scenario each quarter, fitted on the four quarters before, as on the first year: what is older is forgotten.
fixed    a new scenario each quarter with the first year's fit: nothing is learned but from the quarter itself.

Drift: series are drawn with the real lengths and a rate that rises, falls or steps, Poisson within a quarter, and go through the same
windows.
"""

import argparse
import collections
import concurrent.futures
import csv
import datetime
import json
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

QUARTER = 91.3125
WAYS = ("all", "year", "fixed")
DRAWN = 35.0  # incidents of the first quarter of a drawn series
DRIFTS = {
    "steady": lambda quarter: 1.0,
    "rises 10 % a quarter": lambda quarter: 1.1**quarter,
    "falls 10 % a quarter": lambda quarter: 0.9**quarter,
    "doubles in the third quarter of year two": lambda quarter: 2.0 if quarter >= 6 else 1.0,
}


def read(path):
    """Start and minutes of each unannounced incident, in order."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["impact"] != "maintenance"]
    day = lambda row: datetime.datetime.fromisoformat(row["start"].replace("Z", "+00:00")).date()
    return sorted((day(row), max(1.0, float(row["duration_minutes"]))) for row in rows)


def quarter(day):
    return day.year, (day.month - 1) // 3


def first_of(quarter, month=0):
    """The first day of the quarter, or of a later month of it."""
    index = quarter[0] * 12 + 3 * quarter[1] + month
    return datetime.date(index // 12, index % 12 + 1, 1)


def following(quarter, by=1):
    index = quarter[0] * 4 + quarter[1] + by
    return index // 4, index % 4


def within(incidents, begin, end):
    return [(day, minutes) for day, minutes in incidents if begin <= day < end]


def fit(incidents, begin):
    """The class of incidents that the four quarters from `begin` support."""
    year = within(incidents, first_of(begin), first_of(following(begin, 4)))
    months = collections.Counter((day.year, day.month) for day, _ in year)
    counts = [months[first.year, first.month] for first in (first_of(following(begin, index // 3), index % 3) for index in range(12))]
    mean = sum(counts) / 12
    v = max(0.0, (statistics.variance(counts) - mean) / mean**2)
    logs = [math.log(minutes) for _, minutes in year]
    return {
        "rate": len(year) / 4,
        "cv": math.sqrt(1 / len(year) + v / 4),
        "v": v,
        "mu": statistics.fmean(logs),
        "sigma": statistics.stdev(logs),
    }


def place(sim, folder, name, fitted, start, now, current, incidents, trials):
    """How likely the quarter's minutes were to come to less than they did, as seen on the morning of `now`."""
    end = first_of(following(current))
    came = sum(minutes for _, minutes in within(incidents, first_of(current), end))
    scenario = f"""
scenario = {{ start = {start}, horizon = {end - datetime.timedelta(days=1)}, trials = {trials} }}
flow.site = {{ customers = 1 }}
budget.minutes = {{ kind = "reliability", flow = "site", customer_minutes_per_quarter = {came} }}
initiative.none = {{ duration = "1d" }}
[incident.outage]
flow = "site"
rate = {{ per_quarter = {fitted['rate']} }}
rate_cv = {fitted['cv']:.6f}
overdispersion = {fitted['v']:.6f}
downtime = {{ shape = "lognormal", mu = {fitted['mu']:.6f}, sigma = {fitted['sigma']:.6f} }}
"""
    told = within(incidents, start, now)
    counts, sums = collections.Counter(), collections.Counter()
    for day, minutes in told:
        label = f"{day.year}-Q{quarter(day)[1] + 1}"
        counts[label] += 1
        sums[label] += minutes
    table = lambda numbers: "{ " + ", ".join(f'"{label}" = {number:.0f}' for label, number in sorted(numbers.items())) + " }"
    said = f"as_of = {now}\n"
    if now > start:
        first = start + datetime.timedelta(days=(7 - start.weekday()) % 7 if start.weekday() > 4 else 0)
        if first < now:
            said += f"task.none = {{ started = {first}, finished = {first} }}\n"
        said += f"incident.outage = {{ count = {table(counts) if counts else 0}, customer_minutes = {{ site = {table(sums) if sums else 0} }} }}\n"
    paths = [folder / f"{name}.toml", folder / f"{name}-actuals.toml"]
    paths[0].write_text(scenario, encoding="utf-8")
    paths[1].write_text(said, encoding="utf-8")
    out = folder / name
    command = [sim, "rerun", "--no-ledger", paths[0], "--actuals", paths[1], "--json", "--threads", "1", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    label = f"{current[0]}-Q{current[1] + 1}"
    row = next(row for row in json.loads(done.stdout)["budgets"] if row["period"] == label)
    return 1.0 - row["p_breach"]["p"], row["p50"], row["p90"], came


def windows(sim, folder, label, incidents, first, months, trials, pool, ways=WAYS):
    """Of each window after the first year, which begins with the quarter `first`: way, month, quarter, place, P50, P90, what came."""
    last = quarter(incidents[-1][0])
    jobs = []
    current = following(first, 4)
    while current <= last:
        for way in ways:
            fitted = fit(incidents, following(current, -4) if way == "year" else first)
            start = first_of(following(first, 4) if way == "all" else current)
            for month in months:
                now = first_of(current, month)
                name = f"{label}-{way}-{current[0]}-{current[1]}-{month}"
                jobs.append((way, month, current, pool.submit(place, sim, folder, name, fitted, start, now, current, incidents, trials)))
        current = following(current)
    return [(way, month, current, *job.result()) for way, month, current, job in jobs]


def interval(hits, n):
    """Wilson's 90 % interval."""
    z, p = 1.645, hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def drifting(first, last, minutes, drift, chance):
    """A series from one quarter through another, with lengths that were, and a rate that moves from quarter to quarter."""
    series, current, index = [], first, 0
    while current <= last:
        begin, end = first_of(current), first_of(following(current))
        per_day = DRAWN * drift(index) / QUARTER
        clock = chance.expovariate(per_day)
        while clock < (end - begin).days:
            series.append((begin + datetime.timedelta(days=int(clock)), chance.choice(minutes)))
            clock += chance.expovariate(per_day)
        current, index = following(current), index + 1
    return series


def row(name, places):
    hits = sum(0.1 <= place <= 0.9 for place in places)
    low, high = interval(hits, len(places))
    above = sum(place > 0.9 for place in places)
    return f"{name:<44} {len(places):>7} {hits:>5} {100 * hits / len(places):>5.0f}% {100 * low:>4.0f}-{100 * high:.0f}% {above:>6} {len(places) - hits - above:>6}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--sim")
    parser.add_argument("--trials", type=int, default=2_000)
    parser.add_argument("--drift-series", type=int, default=10, help="series of each kind of drift")
    arguments = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parents[2] / "target"
    built = [str(path) for path in (root / "release" / "sim", root / "debug" / "sim") if path.exists()]
    sim = arguments.sim or (built or [shutil.which("sim")])[0] or sys.exit("no `sim` found: build it or say --sim PATH")
    incidents = read(arguments.table)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="real-incidents-"))
    heading = f"{'':<44} {'windows':>7} {'held':>5} {'':>6} {'90 %':>7} {'above':>6} {'below':>6}"
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        first = following(quarter(incidents[0][0]))
        print("first year:", ", ".join(f"{key} {value:.3g}" for key, value in fit(incidents, first).items()))
        played = windows(sim, folder, "real", incidents, first, (0, 1, 2), arguments.trials, pool)
        print(f"\n{'quarter':<10} {'came':>7}  " + "  ".join(f"{way + ': P50':>12} {'P90':>7} {'place':>6}" for way in WAYS))
        for current in dict.fromkeys(window[2] for window in played):
            of = {window[0]: window[3:] for window in played if window[2] == current and window[1] == 0}
            cells = "  ".join(f"{p50:>12.0f} {p90:>7.0f} {100 * at:>5.0f}%" for at, p50, p90, _ in (of[way] for way in WAYS))
            print(f"{current[0]}-Q{current[1] + 1:<5} {of['all'][3]:>7.0f}  {cells}")
        print(f"\n{heading}")
        for way in WAYS:
            print(row(f"{way}: next quarter", [window[3] for window in played if window[0] == way and window[1] == 0]))
            print(row(f"{way}: from each month", [window[3] for window in played if window[0] == way]))
        last, minutes = quarter(incidents[-1][0]), [minutes for _, minutes in incidents]
        for name, drift in DRIFTS.items():
            chance, places = random.Random(7), collections.defaultdict(list)
            for series in range(arguments.drift_series):
                drawn = drifting(first, last, minutes, drift, chance)
                for window in windows(sim, folder, f"drift-{series}", drawn, first, (0,), 500, pool, WAYS[:2]):
                    places[window[0]].append(window[3])
            for way, of in places.items():
                print(row(f"{way}: {name}", of))
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
