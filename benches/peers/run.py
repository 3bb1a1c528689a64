#!/usr/bin/env python3
"""`sim` beside what people use today, in one run: CPU time, memory and the answers, as multiples of `sim`.

    python3 benches/peers/run.py WORKLOADS [--sim PATH] [--repeat N] [--only PART,...] [--markdown]

WORKLOADS is a folder with S.json, M.json and L.json: plans of 30, 120 and 1,200 tasks with PERT ranges, links and `workers`. `sim` is
looked for in target/release, then on the PATH; build it with `cargo build --release`. The peers run in the Python that runs this
file, so start it from an environment with requirements.txt; a peer that is not installed is skipped, and said so. Linux or macOS.

Parts
-----
network     M without capacity, only the finish of all: P50, P80, P95.
statistics  M and L without capacity, with statistics of the tasks. numpy does it for all tasks in all trials and writes nothing:
            once as an expert would, in blocks, keeping only the finishes in float32, and once as it first comes to mind. `sim`
            counts in all trials how often each task is on the chain that sets the finish, takes quantiles and correlations from
            the first 10,000 and, of more than 400 tasks, from the 400 that matter most; it also finds its paths, draws the charts
            and writes its files and pages.
capacity    people and unit demand, the ready task with the longest expected remaining path first, ties in file order.
sixty       the 60-days case of this repository with everything in it, 10,000 trials; `sim` alone. Faster: of two threads.
growth      `sim` alone: ten times and a hundred times the trials; 30, 120 and 1,200 tasks.

What is measured
----------------
CPU        user and system time of the whole command, start-up included, one thread: the median of N rounds in which everybody of
           a table runs once, in turns, forwards and backwards. Each peer ran once before, so that numba's compiled code lies in its
           cache and no disk is cold.
inside     nanoseconds for each task of each trial, without start-up. A peer takes its own process time around the trials alone,
           after what it prepares or compiles. Of `sim` it is the whole command less the same command with 100 trials.
× sim      the peer's as a multiple of that of `sim`: above 1 it takes longer.
~          fewer trials than `sim` played, since it would take too long: time inside is scaled by the trials, start-up is not.
MiB        the largest resident set. What this script itself holds is a floor under it, shown as "under".
answer     right: within 0.3 working days of the reference, or within four standard errors where the trials are few. Reference is
           the published answer of M, else what numpy's beta gives; under capacity `sim` and numba are each other's. mcprojsim
           knows no PERT and is asked with triangles; it is held against `sim` with triangles. An answer that is wrong stands
           there as it was given.

Exit status 1 where an answer of `sim` is wrong, where `sim` and numba disagree under capacity by more than four standard errors, or
where two threads give other numbers than one: a benchmark of wrong answers is worth nothing.
"""

import argparse
import csv
import importlib.metadata
import importlib.util
import json
import math
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from workload import Workload

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PARTS = ("network", "statistics", "capacity", "sixty", "growth")
TRIALS = 100_000
FEW = 100  # trials of the run that is taken off
SEED = 1
PUBLISHED = {"M": (124.81, 130.67, 136.61)}  # P50, P80 and P95 without capacity
NEAR = 0.3  # working days
NEAR_SHARE = 0.01
CLOCK = ": with people it gives clock hours, its report divides them by 8"
# Standard errors of P50, P80 and P95 of a normal, in standard deviations, times the root of the number of trials.
ERRORS = (1.253, 1.429, 2.113)
DAYS = "P50 / P80 / P95, days"
ONE_THREAD = ("OMP", "MKL", "OPENBLAS", "NUMBA")


class Fault(Exception):
    """A command failed: its last line of complaint."""


class Once:
    """One run of a command: CPU and wall seconds, largest resident set in MiB, standard output."""

    def __init__(self, command, folder):
        environment = os.environ | {f"{library}_NUM_THREADS": "1" for library in ONE_THREAD}
        environment |= {"NUMBA_CACHE_DIR": str(folder / "numba"), "PYTHONDONTWRITEBYTECODE": "1"}
        with open(folder / "stdout", "w+") as out, open(folder / "stderr", "w+") as err:
            began = time.perf_counter()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, cwd=folder)
            _, status, used = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)  # it is waited for, and Popen need not
            out.seek(0)
            err.seek(0)
            self.output = out.read()
            if process.returncode:
                raise Fault((err.read().strip().splitlines() or [f"exit status {process.returncode}"])[-1])
        self.cpu = used.ru_utime + used.ru_stime
        self.peak = resident(used)


def resident(used):
    """Largest resident set in MiB; macOS counts bytes, others KiB."""
    return used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


class Runner:
    """Somebody who plays a plan of so many tasks so often, and what came of it in each round.

    `truth` is the right P50, P80 and P95 in working days where they are known, `aside` what else is to be said of the answer.
    """

    def __init__(self, name, tasks, trials):
        self.name, self.tasks, self.trials = name, tasks, trials
        self.runs, self.insides = [], []
        self.quantiles, self.truth, self.aside, self.fault = None, None, "", None

    def cpu(self):
        return statistics.median(run.cpu for run in self.runs)

    def wall(self):
        return statistics.median(run.wall for run in self.runs)

    def peak(self):
        return max(run.peak for run in self.runs)

    def inside(self):
        """CPU seconds in the trials alone."""
        return statistics.median(self.insides)

    def nanoseconds(self):
        return 1e9 * self.inside() / (self.tasks * self.trials)

    def scaled(self, trials):
        """CPU seconds that so many trials would take: start-up once, and the rest by the trials."""
        return self.cpu() + self.inside() * (trials / self.trials - 1)

    def error(self, place):
        """Standard error of P50, P80 or P95, the deviation taken from P50 and P95."""
        deviation = (self.quantiles[2] - self.quantiles[0]) / 1.645
        return ERRORS[place] * deviation / self.trials**0.5

    def right(self):
        """Whether each quantile is near enough to the truth."""
        pairs = zip(self.quantiles, self.truth)
        return all(abs(found - truth) <= max(NEAR, 4 * self.error(place)) for place, (found, truth) in enumerate(pairs))


class Sim(Runner):
    """`sim run` on a scenario. Each round plays 100 trials too, to be taken off, and plays them first: its files are of the whole."""

    def __init__(self, sim, scenario, tasks, trials, *options, name="sim --quick", threads=1):
        super().__init__(name, tasks, trials)
        self.command = [sim, "run", scenario, "--threads", str(threads), "--json", *options]
        self.walls = []

    def warm(self, folder):
        Once([*self.command, "--trials", str(FEW)], folder)

    def play(self, folder):
        few = Once([*self.command, "--trials", str(FEW)], folder)
        whole = Once([*self.command, "--trials", str(self.trials)], folder)
        share = self.trials / (self.trials - FEW)
        self.runs.append(whole)
        self.insides.append((whole.cpu - few.cpu) * share)
        self.walls.append((whole.wall - few.wall) * share)
        told = json.loads(whole.output)["initiatives"][0]["quantiles"]
        found = {quantile["percentile"]: quantile["working_days"] for quantile in told}
        self.quantiles = [found["p50"], found["p80"], found["p95"]]


class Peer(Runner):
    """A script beside this one: FILE HOW TRIALS SEED, and one line of JSON."""

    def __init__(self, module, how, path, tasks, trials, name, aside=""):
        super().__init__(name, tasks, trials)
        self.module, self.aside = module, aside
        self.command = [sys.executable, HERE / f"{module}_peer.py", path, how]

    def warm(self, folder):
        Once([*self.command, "2", str(SEED)], folder)

    def play(self, folder):
        whole = Once([*self.command, str(self.trials), str(SEED)], folder)
        self.told = json.loads(whole.output)
        self.runs.append(whole)
        self.insides.append(self.told["inside"])
        self.quantiles = self.told["quantiles"]


def play(runners, count, folder):
    """Warms everybody up, then plays `count` times in turns, forwards and backwards.

    A peer that fails is left out, its `fault` says why; without `sim` there is nothing to measure.
    """

    def attempt(runner, act):
        try:
            act(folder)
        except Fault as fault:
            if isinstance(runner, Sim):
                sys.exit(f"sim fails: {fault}")
            runner.fault = str(fault)

    for runner in runners:
        attempt(runner, runner.warm)
    for turn in range(count):
        for runner in runners[:: -1 if turn % 2 else 1]:
            if not runner.fault:
                attempt(runner, runner.play)


def scenario(plan, folder, capacity=False, shape="pert"):
    """A workload as a scenario file: independent estimates and nothing else.

    Without capacity the tasks are durations; with it, efforts of one person each of a team of `workers`.
    """
    lines = ["[scenario]", f'name = "{plan.name}"', "start = 2026-01-05", "horizon = 2027-12-31", f"seed = {SEED}"]
    lines += ["[estimates]", f'shape = "{shape}"', 'range = "min-max"', 'correlation = "none"', 'overrun = "none"']
    if capacity:
        lines += ["[team.all]", f"engineers = {plan.workers}", "focus = 1.0", "default = true"]
    lines += ["[initiative.plan]", 'title = "plan"']
    for task, name in enumerate(plan.ids):
        lines.append(f"[initiative.plan.task.{name}]")
        lines.append(f'{"effort" if capacity else "duration"} = ["{plan.low[task]}d", "{plan.mode[task]}d", "{plan.high[task]}d"]')
        if plan.preds[task]:
            lines.append("after = [" + ", ".join(f'"{plan.ids[pred]}"' for pred in plan.preds[task]) + "]")
    path = folder / f"{plan.name}-{shape}{'-capacity' if capacity else ''}.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


class Bench:
    """The workloads, the program, and the tables that come of them."""

    def __init__(self, workloads, sim, repeat, folder):
        self.sim, self.repeat, self.folder = sim, repeat, folder
        self.paths = {name: (workloads / f"{name}.json").resolve() for name in "SML"}
        self.plans = {name: Workload(path) for name, path in self.paths.items()}
        self.beside, self.whole_case, self.growing = [], [], []
        self.faults, self.skipped, self.references = [], set(), {}

    def quick(self, name, trials=TRIALS, capacity=False, shape="pert", called="sim --quick"):
        plan = self.plans[name]
        return Sim(self.sim, scenario(plan, self.folder, capacity, shape), len(plan), trials, "--quick", name=called)

    def peers(self, plan, *wanted):
        """Those of the wanted (module, how, trials, name, what to say aside) that are installed."""
        found = []
        for module, how, trials, *said in wanted:
            if importlib.util.find_spec(module):
                found.append(Peer(module, how, self.paths[plan], len(self.plans[plan]), trials, *said))
            else:
                self.skipped.add(module)
        return found

    def answer(self, runner):
        """What somebody finds in one run that is not measured; None where it fails."""
        play([runner], 1, self.folder)
        return runner.quantiles

    def reference(self, name):
        """P50, P80 and P95 without capacity: as published, else found by a peer; None without either."""
        if name not in self.references:
            # From no table: a straight line in the last cell makes durations a little too long.
            peers = [] if name in PUBLISHED else self.peers(name, ("numpy", "beta", 2 * TRIALS, "numpy"))
            self.references[name] = PUBLISHED.get(name) or next((self.answer(peer) for peer in peers), None)
        return self.references[name]

    def verdict(self, runner, what):
        """Whether an answer is right, in words. A wrong one of `sim` is a fault of this run; a peer's is shown as it is."""
        if runner.truth is None:
            return "the reference" if isinstance(runner, Sim) else "not checked"
        if runner.right():
            return "right" + runner.aside
        if isinstance(runner, Sim):
            self.faults.append(f"{what}: sim says {days(runner.quantiles)}, right is {days(runner.truth)}")
        return f"**wrong**, should be {days(runner.truth)}" + runner.aside

    def compare(self, what, own, peers):
        """Plays `sim` and its peers, and adds a row for each, the peers as multiples of `sim`."""
        announce(what)
        play([own, *peers], self.repeat, self.folder)
        numba = next((peer for peer in peers if peer.module == "numba" and not peer.fault), None)
        if own.truth is None and numba:
            self.same_rule(what, own, numba)
            own.truth = numba.quantiles
        for runner in (own, *peers):
            if runner.fault:
                self.beside.append([what, runner.name, str(runner.trials), *[""] * 6, f"**fails**: {runner.fault}"])
                continue
            if runner.truth is None and runner is not own:
                runner.truth = own.quantiles
            whole, part = runner.scaled(own.trials), runner.nanoseconds()
            self.beside.append(
                [
                    what,
                    runner.name,
                    f"{runner.trials:,}",
                    ("~" if runner.trials < own.trials else "") + short(whole),
                    "" if runner is own else times(whole, own.cpu()),
                    short(part),
                    "" if runner is own else times(part, own.nanoseconds()),
                    mebibytes(runner.peak()),
                    days(runner.quantiles),
                    self.verdict(runner, what),
                ]
            )

    def same_rule(self, what, own, peer):
        """Two who play by the same rule differ by no more than four standard errors."""
        for place, (ours, theirs) in enumerate(zip(own.quantiles, peer.quantiles)):
            if abs(ours - theirs) > 4 * (own.error(place) ** 2 + peer.error(place) ** 2) ** 0.5:
                self.faults.append(f"{what}: sim says {days(own.quantiles)}, {peer.name} {days(peer.quantiles)}: more than luck")
                return

    def network(self):
        own = self.quick("M")
        peers = self.peers(
            "M",
            ("numba", "side-by-side", TRIALS, "numba, tables, 64 trials at once"),
            ("numba", "single", TRIALS, "numba, tables, trial by trial"),
            ("numpy", "tables", TRIALS, "numpy, tables"),
            ("numpy", "beta", TRIALS, "numpy, `rng.beta`"),
        )
        for runner in (own, *peers):
            runner.truth = self.reference("M")
        triangles = self.peers("M", ("mcprojsim", "network", 2_000, "mcprojsim, triangles", " for triangles"))
        for peer in triangles:
            peer.truth = self.answer(self.quick("M", shape="triangular"))
        self.compare("M, finish", own, [*peers, *triangles])

    def statistics(self):
        for name, plan in (("M", self.plans["M"]), ("L", self.plans["L"])):
            out = self.folder / f"out-{name}"
            options = ("--no-ledger", "--no-prices", "--out", out)
            own = Sim(self.sim, scenario(plan, self.folder), len(plan), TRIALS, *options, name="sim, with charts and files")
            ways = [("numpy", "statistics", TRIALS, "numpy, tables, in blocks")]
            if name == "M":  # on L it would take gigabytes
                ways.append(("numpy", "plain-statistics", TRIALS, "numpy, `rng.beta`, whole arrays"))
            peers = self.peers(name, *ways)
            for runner in (own, *peers):
                runner.truth = self.reference(name)
            what = f"{name}, all tasks"
            self.compare(what, own, peers)
            for peer in peers:
                if not peer.fault:
                    self.same_criticality(what, peer, out / "drivers.csv")

    def same_criticality(self, what, peer, drivers):
        """Both count the same share of trials in which a task is on the chain that sets the finish, for all that `sim` lists."""
        with open(drivers, newline="") as file:
            ours = {row["id"].removeprefix("plan."): float(row["criticality"]) for row in csv.DictReader(file) if row["kind"] == "task"}
        apart = max((abs(share - peer.told["criticality"][task]) for task, share in ours.items()), default=1.0)
        row = next(row for row in self.beside if row[:2] == [what, peer.name])
        row[-1] += f"; criticality of {len(ours)} tasks within {apart:.3f} of that of sim"
        if apart > NEAR_SHARE:
            self.faults.append(f"{what}: criticality of a task differs by {apart:.3f} between sim and {peer.name}")

    def capacity(self):
        peers = self.peers(
            "M",
            ("numba", "capacity", TRIALS, "numba, tables, greedy"),
            ("simpy", "capacity", 1_000, "simpy"),
            ("mcprojsim", "capacity", 50, "mcprojsim, triangles", CLOCK),
        )
        for peer in peers:
            if peer.module == "mcprojsim":
                peer.truth = self.answer(self.quick("M", capacity=True, shape="triangular"))
        self.compare(f"M, {self.plans['M'].workers} people", self.quick("M", capacity=True), peers)
        peers = self.peers("S", ("mcprojsim", "capacity", 200, "mcprojsim, triangles", CLOCK))
        if peers:
            own = self.quick("S", capacity=True, shape="triangular", called="sim --quick, triangles")
            self.compare(f"S, {self.plans['S'].workers} people", own, peers)
        peers = self.peers("S", ("mcprojsim", "ten-days", 100, "mcprojsim", CLOCK))
        if peers:
            for peer in peers:
                peer.tasks = 1
            own = Sim(self.sim, self.ten_days(), 1, TRIALS, "--quick")
            own.truth = (10.0, 10.0, 10.0)
            self.compare("10 days, 1 person", own, peers)

    def ten_days(self):
        """One task of exactly ten days and one person."""
        path = self.folder / "ten-days.toml"
        path.write_text(
            '[scenario]\nname = "ten days"\nstart = 2026-01-05\nhorizon = 2026-12-31\n[team.all]\nengineers = 1\nfocus = 1.0\n'
            'default = true\n[initiative.plan]\ntitle = "plan"\n[initiative.plan.task.only]\neffort = "10d"\n'
        )
        return path

    def sixty(self):
        announce("60 days")
        case, out = ROOT / "scenarios" / "new-segment-60-days.toml", ("--no-ledger", "--out", self.folder / "out-sixty")

        def run(threads, name, *options):
            return Sim(self.sim, case, 1, 10_000, *options, name=name, threads=threads)

        pairs = [
            [run(threads, name, *options) for threads in (1, 2)]
            for name, options in (
                ("`--quick`", ("--quick",)),
                ("charts and pages, no price lists", ("--no-prices", *out)),
                ("charts, pages and price lists", out),
            )
        ]
        play([runner for pair in pairs for runner in pair], self.repeat, self.folder)
        for one, two in pairs:
            if one.runs[-1].output != two.runs[-1].output:
                self.faults.append(f"60 days, {one.name}: two threads give other numbers than one")
            for threads, runner in ((1, one), (2, two)):
                faster = times(one.wall(), two.wall()) if runner is two else ""
                alone = times(statistics.median(one.walls), statistics.median(two.walls)) if runner is two else ""
                self.whole_case.append(
                    [
                        runner.name,
                        str(threads),
                        short(runner.cpu()),
                        short(runner.wall()),
                        faster,
                        short(statistics.median(runner.walls)),
                        alone,
                        mebibytes(runner.peak()),
                        days(runner.quantiles),
                    ]
                )

    def growth(self):
        announce("growth")
        cases = [("M", 10_000), ("M", TRIALS), ("M", 1_000_000), ("S", TRIALS), ("L", TRIALS)]
        runners = [self.quick(name, trials) for name, trials in cases]
        for (name, _), runner in zip(cases, runners):
            runner.truth = self.reference(name)
        play(runners, self.repeat, self.folder)
        for (name, _), runner in zip(cases, runners):
            what = f"{name}, {runner.tasks:,} tasks"
            self.growing.append(
                [
                    what,
                    f"{runner.trials:,}",
                    short(runner.cpu()),
                    short(runner.nanoseconds()),
                    mebibytes(runner.peak()),
                    days(runner.quantiles),
                    self.verdict(runner, what),
                ]
            )

    def show(self, markdown):
        """All tables that have rows."""
        for rows, heading in (
            (self.beside, ("plan", "who", "trials", "CPU s", "× sim", "ns inside", "× sim", "MiB", DAYS, "answer")),
            (self.whole_case, ("60 days, 10,000 trials", "threads", "CPU s", "wall s", "faster", "less 100 trials", "faster", "MiB", DAYS)),
            (self.growing, ("plan", "trials", "CPU s", "ns inside", "MiB", DAYS, "answer")),
        ):
            if rows:
                table(heading, rows, markdown)


def short(value):
    """Three figures, and at most three decimals."""
    if value <= 0:
        return "too little"
    return f"{value:,.{min(3, max(0, 2 - math.floor(math.log10(value))))}f}"


def times(above, below):
    return f"{short(above / below)}×" if above > 0 and below > 0 else "?"


def mebibytes(value):
    floor = resident(resource.getrusage(resource.RUSAGE_SELF))
    return f"under {floor:.0f}" if value <= floor else f"{value:,.0f}"


def days(quantiles):
    return " / ".join("never" if value is None else f"{value:.2f}" for value in quantiles)


def announce(what):
    print(f"… {what}", file=sys.stderr, flush=True)


def table(heading, rows, markdown):
    """A table for a page, or for the terminal."""
    if markdown:
        print("| " + " | ".join(heading) + " |")
        print("|" + "---|" * len(heading))
        for row in rows:
            print("| " + " | ".join(row) + " |")
    else:
        plain = [[cell.replace("**", "").replace("`", "") for cell in row] for row in (heading, *rows)]
        widths = [max(len(row[place]) for row in plain) for place in range(len(heading))]
        for row in plain:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


def processor():
    """The processor as Linux names it, with its widest vectors; elsewhere what Python knows."""
    try:
        told = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    name = next((line.split(":", 1)[1].strip() for line in told.splitlines() if line.startswith("model name")), platform.machine())
    return name + next((f" with {vectors}" for vectors in ("avx512f", "avx2") if vectors in told), "")


def find_sim(given):
    """The program: as given, else a release build, else on the PATH. A debug build would measure nothing."""
    built = ROOT / "target" / "release" / "sim"
    found = given or (built if built.is_file() else shutil.which("sim"))
    if not found or not pathlib.Path(found).is_file():
        sys.exit("no sim: build it with cargo build --release, or say where it is with --sim")
    return pathlib.Path(found).resolve()


def parts(text):
    wanted = text.split(",")
    for part in wanted:
        if part not in PARTS:
            raise argparse.ArgumentTypeError(f"{part!r} is none of {', '.join(PARTS)}")
    return wanted


def rounds(text):
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError("at least 1")
    return int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", type=pathlib.Path, help="the folder with S.json, M.json and L.json")
    parser.add_argument("--sim", type=pathlib.Path, help="the program, else target/release/sim, else on the PATH")
    parser.add_argument("--repeat", type=rounds, default=5, metavar="N", help="rounds, of which the median is shown (5)")
    parser.add_argument("--only", type=parts, default=list(PARTS), metavar="PART,…", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--markdown", action="store_true", help="tables for a page")
    arguments = parser.parse_args()
    if not all((arguments.workloads / f"{name}.json").is_file() for name in "SML"):
        sys.exit(f"no workloads: {arguments.workloads} does not hold S.json, M.json and L.json")
    sim = find_sim(arguments.sim)
    load = os.getloadavg()[0]

    with tempfile.TemporaryDirectory(prefix="sim-peers-") as folder:
        bench = Bench(arguments.workloads, sim, arguments.repeat, pathlib.Path(folder).resolve())
        for part in PARTS:
            if part in arguments.only:
                getattr(bench, part)()

    installed = [name for name in ("numpy", "numba", "simpy", "mcprojsim") if importlib.util.find_spec(name)]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in installed]
    print(f"{processor()}, {os.cpu_count()} cores, load average {load:.1f} at the start")
    print(", ".join([f"Python {platform.python_version()}", *versions]))
    print(f"rounds, of which the median is shown: {arguments.repeat}\n")
    bench.show(arguments.markdown)
    for module in sorted(bench.skipped):
        print(f"skipped: {module} is not installed")
    for fault in bench.faults:
        print(f"FAULT: {fault}")
    sys.exit(1 if bench.faults else 0)


if __name__ == "__main__":
    main()
