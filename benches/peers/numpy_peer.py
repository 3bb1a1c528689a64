"""numpy: one operation for a block of trials at a time, as somebody who knows it would write.

    python3 numpy_peer.py WORKLOAD tables|beta|statistics|plain-statistics TRIALS SEED

tables            durations from inverse-CDF tables in float32
beta              durations from numpy's own beta
statistics        from tables, and beside the finish of all, for each task: P10, P50, P80 and P90 of its finish, how often it is on
                  the chain that sets the finish (criticality), and how its duration moves with it (Pearson's correlation)
plain-statistics  the same with numpy's beta, and all trials of all tasks held as whole arrays
"""

import time

import numpy as np

import tables
from workload import arguments, report

BLOCK = 8192  # trials: a block's row stays in the cache, and Python's own share is small
PERCENTILES = (10, 50, 80, 90)


def table_sampler(workload, rng):
    """Draws a task's durations in a block, by linear interpolation in its table."""
    knots = tables.pert(workload)
    slopes = np.diff(knots, axis=1)
    step = np.empty(BLOCK, np.int32)

    def draw(task, out):
        rng.random(out=out, dtype=np.float32)
        np.multiply(out, np.float32(tables.STEPS), out=out)
        cell = step[: len(out)]
        cell[:] = out  # cuts off the fraction
        np.subtract(out, cell, out=out, casting="unsafe")
        np.multiply(out, slopes[task].take(cell), out=out)
        np.add(out, knots[task].take(cell), out=out)

    return draw


def beta_sampler(workload, rng):
    """Draws a task's durations in a block with numpy's beta."""

    def draw(task, out):
        low, mode, high = workload.low[task], workload.mode[task], workload.high[task]
        a = 1 + 4 * (mode - low) / (high - low)
        out[:] = low + (high - low) * rng.beta(a, 6 - a, len(out))

    return draw


def blocks(trials):
    return ((begin, min(begin + BLOCK, trials)) for begin in range(0, trials, BLOCK))


def forward(workload, draw, durations, finishes, starts=None):
    """One block: draws the durations and adds them up along the links; returns when all is finished.

    `durations` has a row for each task, or a single one where they need not be kept.
    """
    for task, preds in enumerate(workload.preds):
        duration, finish = durations[task % len(durations)], finishes[task]
        draw(task, duration)
        if preds:
            np.copyto(finish, finishes[preds[0]])
            for pred in preds[1:]:
                np.maximum(finish, finishes[pred], out=finish)
        else:
            finish[:] = 0.0
        if starts is not None:
            np.copyto(starts[task], finish)
        np.add(finish, duration, out=finish)
    return np.max([finishes[task] for task, succs in enumerate(workload.succs) if not succs], axis=0)


def finish_alone(workload, draw, kind, trials):
    """When all is finished, in each trial."""
    ends = np.empty(trials, kind)
    durations, finishes = np.empty((1, BLOCK), kind), np.empty((len(workload), BLOCK), kind)
    for begin, end in blocks(trials):
        width = end - begin
        ends[begin:end] = forward(workload, draw, durations[:, :width], finishes[:, :width])
    return ends


def statistics(workload, draw, trials):
    """The same; and for each task the quantiles of its finish, its criticality and its correlation with the finish of all.

    Only the finishes are kept, 4 bytes for each task and trial; all else is added up block by block.
    """
    tasks = len(workload)
    kept, ends = np.empty((tasks, trials), np.float32), np.empty(trials, np.float32)
    durations, starts = np.empty((tasks, BLOCK), np.float32), np.empty((tasks, BLOCK), np.float32)
    critical, often = np.empty((tasks, BLOCK), bool), np.zeros(tasks)
    # Durations count from their mode and finishes from the first block's mean, lest squares of what is common hide what differs.
    centre, first_mean = np.array(workload.mode, np.float32)[:, None], None
    sums, squares, products, end_sum, end_square = np.zeros(tasks), np.zeros(tasks), np.zeros(tasks), 0.0, 0.0
    for begin, end in blocks(trials):
        width = end - begin
        lengths, finishes, begun, chain = durations[:, :width], kept[:, begin:end], starts[:, :width], critical[:, :width]
        last = forward(workload, draw, lengths, finishes, begun)
        ends[begin:end] = last
        # A task is on the chain where it ends last, or where a successor on the chain began as it ended.
        for task in reversed(range(tasks)):
            if not workload.succs[task]:
                np.equal(finishes[task], last, out=chain[task])
                continue
            chain[task] = False
            for succ in workload.succs[task]:
                chain[task] |= chain[succ] & (begun[succ] == finishes[task])
        often += np.count_nonzero(chain, axis=1)
        first_mean = last.mean() if first_mean is None else first_mean
        lengths -= centre
        late = last - first_mean
        sums += lengths.sum(axis=1)
        squares += np.einsum("ij,ij->i", lengths, lengths)
        products += lengths @ late
        end_sum += float(late.sum())
        end_square += float(late @ late)
    ranks = [min(trials - 1, trials * percent // 100) for percent in PERCENTILES]
    for row in kept:
        row.partition(ranks)
    spread = np.sqrt((squares - sums**2 / trials) * (end_square - end_sum**2 / trials))
    correlation = (products - sums * end_sum / trials) / spread
    return ends, kept[:, ranks], often / trials, correlation


def plain_statistics(workload, rng, trials):
    """The same as it first comes to mind: whole arrays in float64, a line for each statistic."""
    low, mode, high = (np.array(values)[:, None] for values in (workload.low, workload.mode, workload.high))
    a = 1 + 4 * (mode - low) / (high - low)
    durations = low + (high - low) * rng.beta(a, 6 - a, (len(workload), trials))
    starts, finishes = np.zeros_like(durations), np.empty_like(durations)
    for task, preds in enumerate(workload.preds):
        if preds:
            starts[task] = finishes[preds].max(axis=0)
        finishes[task] = starts[task] + durations[task]
    ends = finishes.max(axis=0)
    critical = finishes == ends
    for task in reversed(range(len(workload))):
        for succ in workload.succs[task]:
            critical[task] |= critical[succ] & (starts[succ] == finishes[task])
    quantiles = np.percentile(finishes, PERCENTILES, axis=1).T
    correlation = np.array([np.corrcoef(duration, ends)[0, 1] for duration in durations])
    return ends, quantiles, critical.mean(axis=1), correlation


def main():
    workload, how, trials, seed = arguments()
    rng = np.random.Generator(np.random.SFC64(seed))
    plain = how in ("beta", "plain-statistics")
    draw = beta_sampler(workload, rng) if plain else table_sampler(workload, rng)
    began = time.process_time()
    more = {}
    if how.endswith("statistics"):
        found = plain_statistics(workload, rng, trials) if plain else statistics(workload, draw, trials)
        ends, finishes, criticality, correlation = found
        more = {
            "criticality": dict(zip(workload.ids, criticality.tolist())),
            "correlation": dict(zip(workload.ids, correlation.tolist())),
            "finishes": dict(zip(workload.ids, finishes.tolist())),
        }
    else:
        ends = finish_alone(workload, draw, np.float64 if plain else np.float32, trials)
    report(np.percentile(ends, (50, 80, 95)), began, **more)


if __name__ == "__main__":
    main()
