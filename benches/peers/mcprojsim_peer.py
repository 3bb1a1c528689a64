"""mcprojsim: its own engine on the same plan. It knows no PERT: the same ends and mode are read as a triangle.

    python3 mcprojsim_peer.py WORKLOAD network|capacity|ten-days TRIALS SEED

network   no people
capacity  `workers` people without days off
ten-days  one task of exactly ten days and one person: the answer is 10
"""

import datetime
import time

from mcprojsim.models.project import Project
from mcprojsim.simulation.engine import SimulationEngine
from workload import arguments, report

HOURS_PER_DAY = 8


def estimate(low, expected, high):
    return {"distribution": "triangular", "low": low, "expected": expected, "high": high, "unit": "days"}


def main():
    workload, how, trials, seed = arguments()
    if how == "ten-days":
        # Its triangle needs a width, so the ten days have one of a millionth.
        tasks = [{"id": "only", "name": "only", "estimate": estimate(9.999999, 10, 10.000001), "dependencies": []}]
    else:
        tasks = [
            {"id": name, "name": name, "estimate": estimate(low, mode, high), "dependencies": [workload.ids[pred] for pred in preds]}
            for name, low, mode, high, preds in zip(workload.ids, workload.low, workload.mode, workload.high, workload.preds)
        ]
    people = {"network": 0, "capacity": workload.workers, "ten-days": 1}[how]
    project = Project.model_validate(
        {
            "project": {"name": workload.name, "start_date": datetime.date(2026, 1, 5), "hours_per_day": HOURS_PER_DAY},
            "tasks": tasks,
            "resources": [{"name": f"person {number}"} for number in range(people)],
        }
    )
    engine = SimulationEngine(iterations=trials, random_seed=seed, show_progress=False)
    began = time.process_time()
    results = engine.run(project)
    report([results.percentile(percent) / HOURS_PER_DAY for percent in (50, 80, 95)], began)


if __name__ == "__main__":
    main()
