"""Takes -> recordings, in worker processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from compiler import stopping
from compiler.failures import WorldError
from compiler.sound import studio
from compiler.sound.audio import Recording

Outcome = Recording | WorldError | None  # None: a text call, which has a JSON and no recording
Asked = dict[Future[Outcome], studio.Take]


def record(takes: Iterable[studio.Take], settings: studio.Settings, jobs: int) -> Iterator[tuple[studio.Take, Outcome]]:
    """Recordings as they are finished.

    A worker that dies (an engine may crash) costs the call at which it died: what was under way is tried again, one
    by one. Stopping kills the workers and sweeps away what they had half written.
    """
    waiting = iter(takes)
    pool = _pool(settings, jobs)
    asked: Asked = {}
    folders: set[Path] = set()
    try:
        while True:
            for take in islice(waiting, 2 * jobs - len(asked)):
                folders.add(take.json.parent)
                asked[pool.submit(_produce, take, settings)] = take
            if not asked:
                break
            done, _ = wait(asked, timeout=0.5, return_when=FIRST_COMPLETED)
            stopping.check()
            if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
                suspects, asked = list(asked.values()), {}
                _stop(pool)
                for take in suspects:
                    yield take, _alone(take, settings)
                pool = _pool(settings, jobs)
                continue
            for future in done:
                yield asked.pop(future), future.result()
        pool.shutdown()
    except BaseException:
        _stop(pool)
        for leftover in (part for folder in folders for part in folder.glob(".*.part")):
            leftover.unlink(missing_ok=True)
        raise


def _pool(settings: studio.Settings, jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_begin, initargs=(settings,))


def _alone(take: studio.Take, settings: studio.Settings) -> Outcome:
    """One take in a process of its own; a WorldError when that dies too."""
    pool = _pool(settings, 1)
    try:
        return pool.submit(_produce, take, settings).result()
    except BrokenProcessPool:
        return WorldError(f"the speech process of {settings.engine} died at this call", retryable=True)
    finally:
        _stop(pool)


def _stop(pool: ProcessPoolExecutor) -> None:
    workers = list((pool._processes or {}).values())  # there is no public way to stop running work before 3.14
    for worker in workers:
        worker.kill()
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        with suppress(AssertionError, ValueError):  # joined and closed by the executor's own thread
            worker.join(2)


def _begin(settings: studio.Settings) -> None:
    """In the worker: Ctrl-C is the main process's business."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    studio.initialise(settings)


def _produce(take: studio.Take, settings: studio.Settings) -> Outcome:
    try:
        return studio.produce(take, settings)
    except WorldError as error:
        return error
