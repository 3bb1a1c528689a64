"""simpy: a process for each task and a resource for the people, as its own documentation teaches.

    python3 simpy_peer.py WORKLOAD capacity TRIALS SEED
"""

import random
import time

import simpy
from workload import arguments, report


def task_process(env, people, rank, duration, before, done):
    """Waits for the predecessors, then for somebody, then works."""
    for other in before:
        yield other
    with people.request(priority=rank) as somebody:
        yield somebody
        yield env.timeout(duration)
        done.succeed()
        # Those who waited for this task ask before its people are free, so that the first in order gets them.
        yield env.timeout(0)


def main():
    workload, _, trials, seed = arguments()
    rng = random.Random(seed)
    rank = [0] * len(workload)
    for place, task in enumerate(workload.order()):
        rank[task] = place
    shapes = [
        (low, high - low, 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low))
        for low, mode, high in zip(workload.low, workload.mode, workload.high)
    ]
    began = time.process_time()
    ends = []
    for _ in range(trials):
        env = simpy.Environment()
        people = simpy.PriorityResource(env, workload.workers)
        done = [env.event() for _ in workload.ids]
        for task, (low, width, a, b) in enumerate(shapes):
            duration = low + width * rng.betavariate(a, b)
            before = [done[pred] for pred in workload.preds[task]]
            env.process(task_process(env, people, rank[task], duration, before, done[task]))
        env.run()
        ends.append(env.now)
    ends.sort()
    report([ends[int(share * (trials - 1))] for share in (0.5, 0.8, 0.95)], began)


if __name__ == "__main__":
    main()
