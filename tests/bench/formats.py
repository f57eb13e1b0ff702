"""How fast the plan becomes files: each format against what its file costs at least, medians of one run, interleaved.

    python tests/bench/formats.py [MONTHS OF CALLS]

`encoding` is columns -> file, `end to end` spec -> file: the wall between drawing and encoding is the difference. Every
peer has its data ready in memory, in the form that it likes best, and writes as many bytes. CPU time of the process,
user and system. Each side of each round has a fresh folder, the sides take turns at going first, and a ratio is the
median of the ratios inside the rounds: what the machine does meanwhile meets both. No folder of many files goes before
the end, as deleting many slows the creating of others for a while; a single large file goes as soon as its time is
taken, so that the disk never sees it.
"""

from __future__ import annotations

import gc
import itertools
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from pyarrow import parquet

from compiler.lang.load import load
from compiler.manifest import Manifest
from compiler.plan.cells import Columns, Table
from compiler.plan.formats import format_of
from compiler.plan.formats._arrow import Arrow
from compiler.plan.formats._shelf import Shelf
from compiler.plan.formats.parquet import GROUP, OPTIONS, encodings
from compiler.plan.plan import Plan, draw

SPECS = Path(__file__).resolve().parents[2] / "specs"
ROUNDS = 7
PARTS = 16_384
DICTS = 20_000  # ready dicts for orjson
FILES = 2_000  # about so many calls for one file a call


def plan_of(months: int) -> Plan:
    """The shipped month, so many times over, with customers to match."""
    sets = ["dataset.to=2025-09-30", f"volume.scale={100 * months}%", f"customers.population={12_000 * months}"]
    loaded = load([SPECS], sets=sets, library=SPECS / "library")
    assert loaded.model is not None
    return draw(loaded.model)


def cpu(work: Callable[[], object]) -> float:
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def written(plan: Plan, name: str, out: Path, tables: list[Table] | None) -> None:
    """Columns -> files, as the plan target does it; with tables given, these are ready."""
    manifest, columns = Manifest(out), Columns(plan)
    with format_of(name).opened(Shelf(out, manifest, plan.model)) as writer:
        for table in tables or (columns.of(part) for part in plan.parts()):
            writer.write(table)
    manifest.save()


def raw(contents: list[tuple[str, bytes]], out: Path) -> None:
    for folder in sorted({name.partition("/")[0] for name, _ in contents}):
        (out / folder).mkdir(parents=True)
    for name, content in contents:
        with open(out / name, "wb") as file:  # noqa: PTH123  # the fastest way in plain Python
            file.write(content)


def dumped(records: list[dict], times: int, out: Path) -> None:
    with out.open("wb") as file:
        for record in itertools.chain.from_iterable(itertools.repeat(records, times)):
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, itertools.count()
        self.missed = 0

    def place(self) -> Path:
        """A fresh folder; nothing is deleted before the end."""
        place = self.folder / str(next(self.number))
        place.mkdir()
        return place

    def rates(self, *works: tuple[int, Callable[[Path], object]], keep: bool = False) -> list[list[float]]:
        """Calls a second of each (calls, work), by round."""
        found: list[list[float]] = []
        for turn in range(ROUNDS + 1):
            rates = [0.0] * len(works)
            for i in sorted(range(len(works)), key=lambda i: (i + turn) % len(works)):
                calls, work = works[i]
                place = self.place()
                rates[i] = calls / cpu(lambda work=work, place=place: work(place))
                if not keep:
                    shutil.rmtree(place)
            if turn:  # the first round fills caches
                found.append(rates)
        return [list(rates) for rates in zip(*found, strict=True)]

    def compared(self, what: str, ours: list[float], peer: list[float], goal: float | None) -> None:
        ratio = statistics.median(one / other for one, other in zip(ours, peer, strict=True))
        self.row(what, statistics.median(ours), statistics.median(peer), ratio, goal)

    def row(self, what: str, ours: float, peer: float, ratio: float, goal: float | None, *, less: bool = False) -> None:
        held = goal is None or (ratio <= goal if less else ratio >= goal)
        self.missed += not held
        sign = "" if goal is None else f"{'<=' if less else '>='} {goal:g}{'' if held else '   MISSED'}"
        sys.stdout.write(f"{what:58} | {ours:11,.0f} | {peer:13,.0f} | {ratio:6.2f} | {sign}\n")


def drawn_again(plan: Plan) -> Plan:
    return draw(plan.model)


def main(months: int) -> int:
    plan = plan_of(months)
    columns = Columns(plan)
    tables = [columns.of(part) for part in plan.parts(PARTS)]
    records = [dict(call.record) for call in itertools.islice(plan.calls(), DICTS)]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        sys.stdout.write(f"{plan.count:,} calls; calls a CPU second\n"
                         f"{'what':58} | {'ours':>11} | {'peer or limit':>13} | {'ratio':>6} | goal\n")
        small = plan_of(max(1, FILES * months // max(plan.count, 1))) if plan.count > FILES else plan
        one_file_a_call(bench, small)
        lines(bench, plan, tables, records)
        columns_on_disk(bench, plan, tables)
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir()
    return 1 if bench.missed else 0


def one_file_a_call(bench: Bench, plan: Plan) -> None:
    columns = Columns(plan)
    tables = [columns.of(part) for part in plan.parts(PARTS)]
    texts = [(f"{call.record['date']}/{call.call_id}.json",
              (json.dumps(call.record, ensure_ascii=False, indent=2) + "\n").encode()) for call in plan.calls()]
    ours, whole, peer = bench.rates(
        (plan.count, lambda out: written(plan, "json", out, tables)),
        (plan.count, lambda out: written(drawn_again(plan), "json", out, None)),
        (plan.count, lambda out: raw(texts, out)), keep=True,
    )
    bench.compared("json, encoding / raw create of ready bytes", ours, peer, 0.8)
    bench.compared("json, end to end / raw create of ready bytes", whole, peer, None)


def lines(bench: Bench, plan: Plan, tables: list[Table], records: list[dict]) -> None:
    times = max(1, round(plan.count / len(records)))
    ours, whole, peer = bench.rates(
        (plan.count, lambda out: written(plan, "jsonl", out, tables)),
        (plan.count, lambda out: written(drawn_again(plan), "jsonl", out, None)),
        (times * len(records), lambda out: dumped(records, times, out / "calls.jsonl")),
    )
    bench.compared("jsonl, encoding / orjson of ready dicts", ours, peer, 1.2)
    bench.compared("jsonl, end to end / orjson of ready dicts", whole, peer, None)


def columns_on_disk(bench: Bench, plan: Plan, tables: list[Table]) -> None:
    import pyarrow as pa

    arrow = Arrow(plan.model)
    ready = pa.concat_tables([arrow.table(table) for table in tables]).combine_chunks()
    settings = {**OPTIONS, "row_group_size": GROUP}
    ours, whole, own, alike, plain = bench.rates(
        (plan.count, lambda out: written(plan, "parquet", out, tables)),
        (plan.count, lambda out: written(drawn_again(plan), "parquet", out, None)),
        (plan.count, lambda out: parquet.write_table(ready, out / "a", **{**settings, **encodings(tables[0])})),
        (plan.count, lambda out: parquet.write_table(ready, out / "a", **settings)),
        (plan.count, lambda out: parquet.write_table(ready, out / "a")),
    )
    bench.compared("parquet, encoding / write_table (all our settings)", ours, own, None)
    bench.compared("parquet, encoding / write_table (zstd, our row groups)", ours, alike, 0.55)
    bench.compared("parquet, end to end / write_table (all our settings)", whole, own, None)
    bench.compared("parquet, end to end / write_table (zstd, our row groups)", whole, alike, 0.55)
    bench.compared("parquet, end to end / write_table (its defaults)", whole, plain, None)
    out = bench.place()
    written(plan, "parquet", out, tables)
    size = (out / "plan/calls.parquet").stat().st_size
    bench.row("parquet, bytes a call / limit", size / plan.count, 50, size / plan.count / 50, 1.0, less=True)
    other = (out / "default")
    parquet.write_table(ready, other)
    bench.row("parquet, bytes a call / write_table's defaults", size / plan.count, other.stat().st_size / plan.count,
              size / other.stat().st_size, None)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
