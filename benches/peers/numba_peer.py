"""numba: the loop compiled, the generator and the tables written out, as somebody who knows it would write.

    python3 numba_peer.py WORKLOAD single|side-by-side|capacity TRIALS SEED

single        no capacity, one trial after another
side-by-side  no capacity, 64 trials at once through the links: the best that we could write
capacity      `workers` people, one for each task: at each finish the ready tasks begin in the order of dispatch while people are free

The compiled code is cached on disk, so that only the first run of all compiles.
"""

import time

import numba
import numpy as np

import tables
from workload import arguments, report

SIDE_BY_SIDE = 64
CELL = np.float32(1 / (1 << 22))


@numba.njit(inline="always")
def mix(counter):
    """SplitMix64's output function (Steele, Lea & Flood 2014): 64 random bits for each counter."""
    z = counter * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(inline="always")
def look_up(knots, slopes, task, bits):
    """A duration: ten bits choose the cell of the table, 22 the place in it."""
    cell = np.int64(bits >> np.uint64(54))
    part = np.float32(np.int32((bits >> np.uint64(32)) & np.uint64(0x3FFFFF))) * CELL
    return knots[task, cell] + part * slopes[task, cell]


@numba.njit(cache=True)
def single(knots, slopes, first_pred, preds, trials, seed):
    """When all is finished, in each trial."""
    tasks = len(knots)
    ends = np.empty(trials, np.float32)
    finishes = np.empty(tasks, np.float32)
    counter = np.uint64(seed) << np.uint64(40)
    for trial in range(trials):
        last = np.float32(0.0)
        for task in range(tasks):
            finish = np.float32(0.0)
            for link in range(first_pred[task], first_pred[task + 1]):
                finish = max(finish, finishes[preds[link]])
            finish += look_up(knots, slopes, task, mix(counter + np.uint64(task)))
            finishes[task] = finish
            last = max(last, finish)
        counter += np.uint64(tasks)
        ends[trial] = last
    return ends


@numba.njit(cache=True)
def side_by_side(knots, slopes, first_pred, preds, trials, seed):
    """The same."""
    tasks = len(knots)
    ends = np.empty(trials, np.float32)
    finishes = np.empty((tasks, SIDE_BY_SIDE), np.float32)
    counter = np.uint64(seed) << np.uint64(40)
    for begin in range(0, trials, SIDE_BY_SIDE):
        last = np.zeros(SIDE_BY_SIDE, np.float32)
        for task in range(tasks):
            finish = finishes[task]
            finish[:] = 0.0
            for link in range(first_pred[task], first_pred[task + 1]):
                before = finishes[preds[link]]
                for lane in range(SIDE_BY_SIDE):
                    finish[lane] = max(finish[lane], before[lane])
            for lane in range(SIDE_BY_SIDE):
                finish[lane] += look_up(knots, slopes, task, mix(counter + np.uint64(lane)))
            counter += np.uint64(SIDE_BY_SIDE)
            for lane in range(SIDE_BY_SIDE):
                last[lane] = max(last[lane], finish[lane])
        width = min(SIDE_BY_SIDE, trials - begin)
        ends[begin : begin + width] = last[:width]
    return ends


@numba.njit(cache=True)
def capacity(knots, slopes, first_succ, succs, waits, rank, order, workers, trials, seed):
    """The same with `workers` people. Ready tasks stand as a sorted list of ranks, the next one last; what runs is scanned."""
    tasks = len(knots)
    ends = np.empty(trials, np.float32)
    missing, ready = np.empty(tasks, np.int32), np.empty(tasks, np.int32)
    running, until = np.empty(workers, np.int32), np.empty(workers, np.float32)
    counter = np.uint64(seed) << np.uint64(40)
    for trial in range(trials):
        waiting = busy = 0
        now = np.float32(0.0)
        for place in range(tasks - 1, -1, -1):
            task = order[place]
            missing[task] = waits[task]
            if waits[task] == 0:
                ready[waiting] = place
                waiting += 1
        while True:
            while busy < workers and waiting > 0:
                waiting -= 1
                task = order[ready[waiting]]
                running[busy] = task
                until[busy] = now + look_up(knots, slopes, task, mix(counter + np.uint64(task)))
                busy += 1
            if busy == 0:
                break
            next_free = 0
            for person in range(1, busy):
                if until[person] < until[next_free]:
                    next_free = person
            now, done = until[next_free], running[next_free]
            busy -= 1
            until[next_free], running[next_free] = until[busy], running[busy]
            for link in range(first_succ[done], first_succ[done + 1]):
                succ = succs[link]
                missing[succ] -= 1
                if missing[succ] == 0:
                    place = waiting
                    while place > 0 and ready[place - 1] < rank[succ]:
                        ready[place] = ready[place - 1]
                        place -= 1
                    ready[place] = rank[succ]
                    waiting += 1
        counter += np.uint64(tasks)
        ends[trial] = now
    return ends


def flat(lists):
    """Lists of task numbers as where each begins, and all in a row."""
    first = np.cumsum([0] + [len(items) for items in lists]).astype(np.int32)
    return first, np.array([item for items in lists for item in items], np.int32)


def main():
    workload, how, trials, seed = arguments()
    knots = tables.pert(workload)
    plan = [np.ascontiguousarray(knots[:, :-1]), np.diff(knots, axis=1)]
    if how != "capacity":
        plan += flat(workload.preds)
        run = single if how == "single" else side_by_side
    else:
        order = np.array(workload.order(), np.int32)
        rank = np.argsort(order).astype(np.int32)
        waits = np.array([len(preds) for preds in workload.preds], np.int32)
        plan += [*flat(workload.succs), waits, rank, order, workload.workers]
        run = capacity
    run(*plan, 1, seed)  # loads what was compiled, or compiles it
    began = time.process_time()
    ends = run(*plan, trials, seed)
    report(np.percentile(ends, (50, 80, 95)), began)


if __name__ == "__main__":
    main()
