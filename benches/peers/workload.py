"""What all peers share: a workload as read, the order of dispatch, and how a peer reports. Standard library only."""

import json
import pathlib
import sys
import time


class Workload:
    """Tasks in file order, each after its predecessors. Times in working days; `preds` and `succs` are lists of task numbers."""

    def __init__(self, path):
        told = json.loads(pathlib.Path(path).read_text())
        tasks = told["tasks"]
        self.name, self.workers = told["name"], told["workers"]
        self.ids = [task["id"] for task in tasks]
        self.low, self.mode, self.high = ([float(task[key]) for task in tasks] for key in ("min", "mode", "max"))
        self.preds = [task["preds"] for task in tasks]
        self.succs = [[] for _ in tasks]
        for task, preds in enumerate(self.preds):
            for pred in preds:
                assert pred < task, f"{self.name}: task {task} stands before its predecessor"
                self.succs[pred].append(task)

    def __len__(self):
        return len(self.ids)

    def order(self):
        """Task numbers as `sim` dispatches them: longest expected remaining path first (PERT means), ties in file order."""
        remaining = [0.0] * len(self)
        for task in reversed(range(len(self))):
            mean = (self.low[task] + 4 * self.mode[task] + self.high[task]) / 6
            remaining[task] = mean + max((remaining[succ] for succ in self.succs[task]), default=0.0)
        return sorted(range(len(self)), key=lambda task: (-remaining[task], task))


def arguments():
    """The workload, the number of trials and the seed, as `run.py` gives them to each peer: FILE HOW TRIALS SEED."""
    path, how, trials, seed = sys.argv[1:]
    return Workload(path), how, int(trials), int(seed)


def report(quantiles, began, **more):
    """One line of JSON: P50, P80 and P95 of the finish in working days, and the CPU seconds since `began`."""
    inside = time.process_time() - began
    print(json.dumps({"quantiles": [float(value) for value in quantiles], "inside": inside, **more}))
