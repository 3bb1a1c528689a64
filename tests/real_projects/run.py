#!/usr/bin/env python3
"""Real projects against `sim rerun`: what it would have said at each status date, beside what came and beside earned schedule.

    python3 tests/real_projects/run.py FOLDER [--sim PATH] [--keep DIR] [--trials N] [--jobs N] [--only PROJECT] [--without-percent]

Python 3 and its standard library are enough. `sim` is looked for in target/release, then target/debug, then on the PATH.
FOLDER holds tables in the form of the DSLIB projects of OR-AS (J. Batselier & M. Vanhoucke, *International Journal of Project
Management* 33 (2015) 697-710): projects.csv, activities.csv, relations.csv, periods.csv, tracking.csv and forecast_baseline.csv.
Projects without status dates, or without forecasts of earned schedule, are passed over and named.

From a project to a scenario
----------------------------
Time.      Only the cumulative working time of the project's calendar counts, so weeks of seven days, shifts of sixteen hours and free
           days come out right. `sim` knows days and these records know hours: a working day of `sim`, whose calendar here has no
           holidays, stands for so many hours of the project (a quarter of one to 40) that the plan has at most 4,000 of them. What is
           compared is working hours of the project since the plan's start: the scale of forecast_baseline.csv.
Activity.  A task with a duration and nobody needed: what the people of these projects did beside is not recorded. Likely is the plan's
           length; where the profile's most likely is another one, its range is scaled to the plan, which is what was agreed. The
           range is 2.18 times as wide as the profile, in logarithms, since work that took twice as long errs like work that took
           half: 80/100/120 is what a tool fills in, and ranges that people mean to hold 90 % hold about 55 % (Hubbard, quoted in
           the model of `sim`). This factor is published, not fitted to these projects.
           An hour or less is a placeholder, not an estimate: the activity may take that hour, or as long as one of typical length in
           this plan, the longer the less likely (a triangle). Without length it is a milestone.
Relation.  FS, SS, FF, SF with its lag. A lead longer than half of the predecessor is told from the predecessor's start, which is what
           the planner could see then; one that reaches before that start is dropped.
Start.     Where the plan starts an activity later than its relations ask for, the distance to what it follows is part of the plan: it
           waits for people, for a delivery, for the dry season. It is a lag on the relation that asks latest, so a delay moves on; a
           date would swallow it. An activity that follows nothing has its date: `not_before`. A milestone that nothing follows is a
           promise, and holds nothing up.
Overrun.   Work begins late more often than it takes long, and 63 % of what is finished is recorded with exactly its planned length:
           what is recorded of lengths says little about the delays to come. Earned schedule tells the same: carrying the pace so far
           on (eac_spit_h) misses by far more than leaving it out (eac_pf1_h). So the overrun that `sim` learns is switched off, and
           what all work to come shares is a risk that is certain, and always still open: one factor for whatever begins after the
           status date.
           Lengths still move the rest through the correlation, which is what `sim` assumes where nothing is said, as is the shape.
Others.    The size of that factor comes from the other projects of the folder alone: what each really took over the P50 that `sim run`
           gives its plan without the factor, through `sim calibrate`; what the plan foresees by itself is thus not counted twice.
           With fewer than ten others the range is at the least that of the overrun that `sim` assumes (P10 0.85, P90 1.4); with fewer
           than three it is that one. It is reference class forecasting (J. Batselier & M. Vanhoucke, *Project Management Journal* 47
           (2016) 36-51), and takes the others as known though some of them ended later.

From a status date to facts
---------------------------
What tracking.csv says at that date and nothing else: begun on, finished on, and for what runs the share that is complete. `as_of` is
the last morning that is not after the status date, so half a day of facts may go unused; a fact that lies after it is not told. No
row of a later status date is read, which is asserted, and that no fact told lies in the future.

What is measured
----------------
error      |P50 - what came| / what came, in working time since the plan's start; early up to 30 % of the real duration, late from
           70 %, and only before the end. Mean over the status dates of a project, then over projects, as published baselines do.
coverage   how often P10-P90 held what came: of all status dates of a stage, and per project, then over projects. Status dates of one
           project are no independent witnesses: the interval is a bootstrap over projects.
difference `sim` minus earned schedule (PF = 1), by project; its standard error is that of the mean over projects.
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
import subprocess
import sys
import tempfile

STAGES = ("early", "middle", "late")
START = datetime.date(2001, 1, 1)  # a Monday: sim's working days are Monday to Friday without holidays
EPSILON = 1e-6
PLACEHOLDER = 1.0  # hours: what a plan says where nobody has estimated
ASSUMED = (0.85, 1.0, 1.4)  # P10, P50 and P90 of the overrun that sim assumes where nothing is known
LEAST = 3  # others, below which nothing is learned from them
FEW = 10  # others, below which their spread may be small by chance
TO_COME = "what-all-work-to-come-shares"
TENTHS = 2 * 1.2815515655446004  # standard deviations from the P10 of a normal to its P90
WIDER = 2.18  # 1.645 / 0.755: a range meant to hold 90 % that holds 55 % (D. W. Hubbard, How to Measure Anything)
UNITS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0)  # hours of the project that one working day of sim may stand for
MOST_DAYS = 4_000  # a plan is at most so long in sim, which reaches thirty years


class Calendar:
    """Working hours of a project: which hours of which days of the week, and which dates are free."""

    def __init__(self, text):
        told = json.loads(text)
        self.hours = sorted(told["work_hours"])
        self.weekdays = set(told["work_days_mon0"])
        self.free = {datetime.datetime.strptime(day, "%Y%m%d").date() for day in told["holidays"]}

    def works(self, day):
        return day.weekday() in self.weekdays and day not in self.free

    def within(self, moment):
        """Working hours of its date before a moment."""
        if not self.works(moment.date()):
            return 0.0
        clock = moment.hour + moment.minute / 60 + moment.second / 3600
        return sum(min(1.0, max(0.0, clock - hour)) for hour in self.hours)

    def between(self, begin, end):
        """Working hours from one moment to another, negative where the second comes first."""
        if end < begin:
            return -self.between(end, begin)
        day, days = begin.date(), 0
        while day < end.date():
            days += self.works(day)
            day += datetime.timedelta(days=1)
        return days * len(self.hours) + self.within(end) - self.within(begin)


def profile(act):
    """Low, likely and high length of an activity over the likely one."""
    low, mode, high = (float(act[key] or 0) for key in ("lo_h", "mode_h", "hi_h"))
    if not 0 < low < high:
        return [1.0] * 3
    mode = min(max(mode, low), high)
    return [(end / mode) ** WIDER for end in (low, mode, high)]


class Project:
    """A plan and its status dates, in working days of the project since the plan's start."""

    def __init__(self, row, activities, relations, statuses, tracking, baseline):
        self.id, self.title = row["project"], row["title"]
        calendar = Calendar(row["calendar"])
        begin = datetime.datetime.fromisoformat(row["base_start"])
        end = datetime.datetime.fromisoformat(row["base_finish"])
        self.hours = next(unit for unit in UNITS if calendar.between(begin, end) <= MOST_DAYS * unit or unit == UNITS[-1])
        self.at = lambda text: calendar.between(begin, datetime.datetime.fromisoformat(text)) / self.hours
        followed = {relation["pred"] for relation in relations}
        estimated = sorted(length for length in (float(act["base_dur_h"]) for act in activities) if length > PLACEHOLDER)
        self.typical = (estimated[len(estimated) // 2] if estimated else PLACEHOLDER) / self.hours
        self.tasks = {
            act["act"]: {
                "start": self.at(act["base_start"]),
                "likely": float(act["base_dur_h"]) / self.hours,
                "profile": profile(act),
                "guess": 0 < float(act["base_dur_h"]) <= PLACEHOLDER,
                "after": [],
                "ends": float(act["base_dur_h"]) <= 0 and act["act"] not in followed,
            }
            for act in activities
        }
        for relation in relations:
            if relation["pred"] in self.tasks and relation["succ"] in self.tasks:
                lag = float(relation["lag_h"] or 0) / self.hours
                kind, length = relation["type"], self.tasks[relation["pred"]]["likely"]
                # A lead of more than half of the predecessor counts from its start, which is nearer.
                if kind[0] == "F" and lag < -0.5 * length:
                    kind, lag = "S" + kind[1], length + lag
                if kind[0] == "S" and lag < 0:
                    continue  # before the predecessor's start: no wait at all
                self.tasks[relation["succ"]]["after"].append((relation["pred"], kind, lag))
        self.statuses = {int(status["period"]): self.at(status["status_date"]) for status in statuses}
        self.tracking = tracking
        self.baseline = baseline
        # Known once it is over: for the other projects, and to be held against.
        self.real = next((float(row["actual_dur_from_baseline_start_h"]) for row in baseline.values()), None)

    def asks_for(self, task, relation):
        """When a relation of the plan lets a task start, where the other stands as planned."""
        other, kind, lag = relation
        before = self.tasks[other]
        end = before["start"] + (before["likely"] if kind[0] == "F" else 0.0)
        return end + lag - (task["likely"] if kind[1] == "F" else 0.0)

    def waits(self, task):
        """The relations of a task with the distances that the plan keeps, and the date before which it does not start, if any."""
        after = task["after"]
        earliest = max((self.asks_for(task, relation) for relation in after), default=0.0)
        if task["ends"] or task["start"] <= max(earliest, 0.0) + EPSILON:
            return after, None
        # One that holds the finish cannot carry a distance to the start.
        holding = [relation for relation in after if relation[1][1] == "S"]
        if not holding:
            return after, task["start"]
        last = max(holding, key=lambda relation: self.asks_for(task, relation))
        other, kind, lag = last
        kept = (other, kind, lag + task["start"] - self.asks_for(task, last))
        return [kept if relation is last else relation for relation in after], None


def read(folder):
    """The projects that can be held against earned schedule, and why the others cannot."""

    def table(name):
        with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def by_project(name):
        rows = collections.defaultdict(list)
        for row in table(name):
            rows[row["project"]].append(row)
        return rows

    activities, relations, periods = by_project("activities"), by_project("relations"), by_project("periods")
    tracking, baseline = by_project("tracking"), by_project("forecast_baseline")
    projects, passed_over = [], []
    for row in table("projects"):
        name = row["project"]
        if not periods[name]:
            passed_over.append((name, "no status dates"))
            continue
        if not baseline[name]:
            passed_over.append((name, "no forecasts to compare with"))
            continue
        facts = collections.defaultdict(list)
        for fact in tracking[name]:
            facts[int(fact["period"])].append(fact)
        forecasts = {int(forecast["period"]): forecast for forecast in baseline[name]}
        projects.append(Project(row, activities[name], relations[name], periods[name], facts, forecasts))
    return projects, passed_over


def date(day):
    """The date of the working day with a number, counted from 0."""
    weeks, rest = divmod(int(day), 5)
    return START + datetime.timedelta(days=7 * weeks + rest)


def days(value):
    return f'"{value:.6f}d"'


def scenario(project, trials, factor=None):
    """The plan as a scenario; `factor` is the P10, P50 and P90 of what all work to come shares."""
    lines = [
        "[scenario]",
        f"name = {json.dumps(project.id + ' ' + project.title)}",
        f"start = {START}",
        f"trials = {trials}",
        "",
        "[estimates]",
        'overrun = "none"',
        "",
        "[initiative.project]",
    ]
    for name, task in project.tasks.items():
        low, likely, high = (task["likely"] * end for end in task["profile"])
        lines += ["", f"[initiative.project.task.a{name}]"]
        if task["guess"] and task["likely"] < project.typical:
            ends = f"low = {days(task['likely'])}, likely = {days(task['likely'])}, high = {days(project.typical)}"
            lines.append(f'duration = {{ shape = "triangular", range = "min-max", {ends} }}')
        elif task["likely"] <= 0 or not low < high:
            lines.append(f"duration = {days(task['likely'])}")
        else:
            lines.append(f"duration = [{days(low)}, {days(likely)}, {days(high)}]")
        after, not_before = project.waits(task)
        if not_before is not None:
            lines.append(f"not_before = {date(math.floor(not_before + EPSILON))}")
        if after:
            links = []
            for other, kind, lag in after:
                said = f', lag = {days(lag)}' if abs(lag) > EPSILON else ""
                links.append(f'{{ task = "a{other}", link = "{kind}"{said} }}')
            lines.append(f"after = [{', '.join(links)}]")
    if factor:
        low, middle, high = map(math.log, factor)
        size = f'{{ shape = "lognormal", mu = {middle:.6f}, sigma = {(high - low) / TENTHS:.6f} }}'
        lines += ["", f"[risk.{TO_COME}]", "probability = 1.0", 'affects = ["project"]', f"multiply = {size}"]
    return "\n".join(lines) + "\n"


def facts(project, period, percent):
    """What was known at a status date: the text for `sim`, and the morning up to which it holds."""
    now = math.floor(project.statuses[period] + EPSILON)
    lines = [f"as_of = {date(now)}", "", f"[risk.{TO_COME}]", "open = true"]
    for row in project.tracking[period]:
        assert int(row["period"]) == period, "a fact of another status date"
        name = row["act"]
        if name not in project.tasks:
            continue
        begun = project.at(row["actual_start"])
        if begun >= now - EPSILON:
            continue
        finished = begun + float(row["actual_dur_h"]) / project.hours
        share = float(row["pct"])
        lines += ["", f'[task."project.a{name}"]', f"started = {date(math.floor(begun + EPSILON))}"]
        if share >= 1 and finished <= now + EPSILON:
            last = max(math.ceil(finished - EPSILON) - 1, math.floor(begun + EPSILON))
            assert last < now, f"{project.id}, {project.statuses[period]}: {name} finishes in the future"
            lines.append(f"finished = {date(last)}")
        elif percent and 0 < share < 1:
            lines.append(f"percent = {100 * share:g}")
    return "\n".join(lines) + "\n", now


def ask(sim, *words):
    """What `sim` answers as JSON; or why there is no answer."""
    done = subprocess.run([sim, *words, "--json"], capture_output=True, text=True, encoding="utf-8")
    if done.returncode == 0:
        return json.loads(done.stdout), None
    why = [line for line in done.stderr.splitlines() if line.startswith("error")]
    return None, (why or done.stderr.splitlines() or ["no answer"])[-1]


def on_paper(sim, folder, project, trials):
    """The P50 of a plan before anything is known, in hours of the project; `None` where there is none."""
    plan, out = folder / f"{project.id}-plan.toml", folder / f"{project.id}-plan"
    plan.write_text(scenario(project, trials), encoding="utf-8")
    summary, why = ask(sim, "run", "--no-ledger", plan, "--threads", "1", "--out", out)
    shutil.rmtree(out, ignore_errors=True)
    if why:
        return None
    expected = summary["initiatives"][0]["timelines"]["expected"]["working_days"]
    return expected and expected * project.hours


def learn_from_others(sim, folder, project, plans):
    """P10, P50 and P90 of what all work of a project shares, and where from; `plans` holds projects and their P50 on paper."""
    others = [(other, expected) for other, expected in plans if other.id != project.id]
    if len(others) < LEAST:
        return ASSUMED, f"assumed: {len(others)} others"
    history = folder / f"{project.id}-others.csv"
    rows = [f"{other.id},{expected:.4f},{other.real:.4f}" for other, expected in others]
    history.write_text("\n".join(["project,estimate,actual", *rows]) + "\n", encoding="utf-8")
    learned, why = ask(sim, "calibrate", history, "--group", "project")
    if why:
        return ASSUMED, f"assumed: {why}"
    low, middle, high = learned["overrun"]
    if len(others) < FEW:
        low, high = min(low, middle * ASSUMED[0]), max(high, middle * ASSUMED[2])
    return (low, middle, high), f"from {len(others)} others"


def forecast(sim, folder, project, period, arguments):
    """The P10, P50 and P90 finish at a status date in hours of the project; or why there is none."""
    text, _ = facts(project, period, not arguments.without_percent)
    told = folder / f"{project.id}-{period:02}.toml"
    told.write_text(text, encoding="utf-8")
    out = folder / f"{project.id}-{period:02}"
    plan = folder / f"{project.id}.toml"
    summary, why = ask(sim, "rerun", "--no-ledger", plan, "--actuals", told, "--threads", "1", "--out", out)
    shutil.rmtree(out, ignore_errors=True)
    if why:
        return None, why
    now = summary["rerun"]["verdicts"][0]["now"]
    learned = summary["rerun"]["learned"]
    answer = [now[path]["working_days"] for path in ("best", "expected", "worst")]
    if None in answer:
        return None, "some paths never end"
    answer = [day * project.hours for day in answer]
    return (answer, learned["effective"], learned["surprising"]), None


def stage(elapsed, duration):
    share = elapsed / duration
    return STAGES[0] if share < 0.3 else STAGES[1] if share <= 0.7 else STAGES[2]


def mean(values):
    return sum(values) / len(values)


def standard_error(values):
    if len(values) < 2:
        return math.inf
    middle = mean(values)
    return math.sqrt(sum((value - middle) ** 2 for value in values) / (len(values) - 1) / len(values))


def bootstrap(groups, draws=2_000):
    """The 90 % interval of the share of hits in groups that are drawn whole."""
    chance = random.Random(1)
    shares = []
    for _ in range(draws):
        drawn = [hit for group in chance.choices(groups, k=len(groups)) for hit in group]
        shares.append(mean(drawn))
    shares.sort()
    return shares[int(0.05 * draws)], shares[int(0.95 * draws)]


def find_sim():
    root = pathlib.Path(__file__).resolve().parents[2] / "target"
    for built in (root / "release" / "sim", root / "debug" / "sim"):
        if built.exists():
            return str(built)
    return shutil.which("sim") or sys.exit("no `sim` found: build it (cargo build --release) or say --sim PATH")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--sim", help="the program")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the scenarios, the facts and results.csv")
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--every", type=int, default=1, help="only each so many-th status date of a project, for a quick look")
    parser.add_argument("--only", action="append", help="a project; may be given several times")
    parser.add_argument("--without-percent", action="store_true", help="do not tell what share of running work is complete")
    arguments = parser.parse_args()
    sim = arguments.sim or find_sim()
    projects, passed_over = read(arguments.folder)
    everyone = projects
    if arguments.only:
        projects = [project for project in projects if project.id in arguments.only]
    keep = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="real-projects-"))
    keep.mkdir(parents=True, exist_ok=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        expected = pool.map(lambda project: on_paper(sim, keep, project, arguments.trials), everyone)
        plans = [(project, hours) for project, hours in zip(everyone, expected) if hours and project.real]
    factors = {}
    for project in projects:
        factors[project.id], source = learn_from_others(sim, keep, project, plans)
        print(f"{project.id:<10} all work to come takes {' / '.join(f'{part:.2f}' for part in factors[project.id])} of its estimates ({source})")
    print()
    jobs = []
    for project in projects:
        (keep / f"{project.id}.toml").write_text(scenario(project, arguments.trials, factors[project.id]), encoding="utf-8")
        for period, baseline in sorted(project.baseline.items())[:: arguments.every]:
            elapsed = float(baseline["elapsed_h"])
            duration = float(baseline["actual_dur_from_baseline_start_h"])
            if period in project.statuses and elapsed < duration and baseline["eac_pf1_h"]:
                jobs.append((project, period, elapsed, duration, float(baseline["eac_pf1_h"])))
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        answers = list(pool.map(lambda job: forecast(sim, keep, job[0], job[1], arguments), jobs))
    rows, failures = [], []
    for (project, period, elapsed, duration, earned), (answer, why) in zip(jobs, answers):
        if why:
            failures.append((project.id, period, stage(elapsed, duration), why))
            continue
        (low, middle, high), effective, surprising = answer
        rows.append({
            "project": project.id, "period": period, "stage": stage(elapsed, duration), "elapsed_h": elapsed, "actual_h": duration,
            "p10_h": round(low, 2), "p50_h": round(middle, 2), "p90_h": round(high, 2), "earned_schedule_h": earned,
            "error": abs(middle - duration) / duration, "error_earned": abs(earned - duration) / duration,
            "hit": int(low <= duration <= high), "effective": round(effective), "surprising": len(surprising),
            "factor_p10": factors[project.id][0], "factor_p50": factors[project.id][1], "factor_p90": factors[project.id][2],
        })
    if arguments.keep and rows:
        with open(keep / "results.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    else:
        shutil.rmtree(keep, ignore_errors=True)
    report(rows, failures, passed_over)
    return 0 if rows and not failures else 1


def report(rows, failures, passed_over):
    cells = collections.defaultdict(list)
    for row in rows:
        cells[row["stage"], row["project"]].append(row)
    print(f"{'project':<10} {'stage':<7} {'dates':>5} {'sim':>7} {'earned':>7} {'P10-P90':>8}")
    for project in dict.fromkeys(row["project"] for row in rows):
        for name in STAGES:
            cell = cells.get((name, project))
            if cell:
                error, earned = (100 * mean([row[key] for row in cell]) for key in ("error", "error_earned"))
                print(f"{project:<10} {name:<7} {len(cell):>5} {error:>6.1f}% {earned:>6.1f}% {100 * mean([row['hit'] for row in cell]):>7.0f}%")
    print(f"\n{'stage':<7} {'projects':>8} {'dates':>5} {'sim':>7} {'earned':>7} {'difference':>18} {'':>10} {'P10-P90 held':>14} {'90 %':>10} {'by project':>10}")
    for name in (*STAGES, "all"):
        stages = STAGES if name == "all" else (name,)
        groups = collections.defaultdict(list)
        for (of, project), cell in cells.items():
            if of in stages:
                groups[project] += cell
        if not groups:
            continue
        errors = [mean([row["error"] for row in group]) for group in groups.values()]
        earned = [mean([row["error_earned"] for row in group]) for group in groups.values()]
        differences = [100 * (own - other) for own, other in zip(errors, earned)]
        difference, error = mean(differences), standard_error(differences)
        verdict = "better" if difference < -error else "worse" if difference > error else "no worse"
        hits = [[row["hit"] for row in group] for group in groups.values()]
        held = 100 * mean([hit for group in hits for hit in group])
        low, high = bootstrap(hits)
        by_project = 100 * mean([mean(group) for group in hits])
        print(
            f"{name:<7} {len(groups):>8} {sum(map(len, hits)):>5} {100 * mean(errors):>6.1f}% {100 * mean(earned):>6.1f}% "
            f"{difference:>+8.1f} (s.e. {error:.1f}) {verdict:>10} {held:>13.0f}% {100 * low:>4.0f}-{100 * high:.0f}% {by_project:>9.0f}%"
        )
    if failures:
        print(f"\nno answer at {len(failures)} status dates:")
        for project, period, name, why in failures:
            print(f"  {project} {period} ({name}): {why}")
    if passed_over:
        print(f"\npassed over: {', '.join(f'{name} ({why})' for name, why in passed_over)}")


if __name__ == "__main__":
    sys.exit(main())
