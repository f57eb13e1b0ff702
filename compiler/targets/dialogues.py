"""Prompts -> dialogues/<stem>.txt: written by the chosen writer, or kept where somebody edited them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from compiler import files, stopping
from compiler.failures import Quarantined, WorldError
from compiler.talk import contract, header
from compiler.talk import dialogue as text
from compiler.talk.writer import Job, Writer
from compiler.targets._author import open_writer
from compiler.targets._desk import Desk, Prompted, Written
from compiler.targets._labels import relabelled

AFTER: str | None = "prompts"
GRACE = 1.5  # seconds that a stopped run waits for answers which are paid for already; the writer's cache keeps them


def prepare(desk: Desk) -> None:
    """Opens the writer: a missing key is said before anything is made."""
    desk.open["writer"] = open_writer(desk.options, desk.path(".cache"), desk.project, desk.screen.warn)


def run(desk: Desk, prompted: tuple[Prompted, ...]) -> tuple[Written, ...]:
    """Each call's dialogue: what stands and is up to date stays, what was edited is used, the rest is written."""
    writer: Writer = desk.open["writer"]
    labels = header.labels(desk.model)
    done: dict[str, Written] = {}
    todo: list[tuple[Prompted, Job, str]] = []
    with desk.screen.step("dialogues", len(prompted)) as step:
        for item in prompted:
            job = Job(item.call, item.speech, header.entries(item.call, writer.generator, labels), item.prompt)
            texts = repr(sorted(item.speech.texts.items()))
            key = files.digest("\x1f".join((item.prompt.text, repr(item.call), texts, writer.fingerprint())).encode())
            if _must_write(desk, job, key):
                todo.append((item, job, key))
                continue
            try:
                done[item.call.stem] = _standing(desk, item, job)
            except WorldError as error:  # an edited text stays as it is, and the person has to look
                desk.fail(item.call.stem, "dialogues", error)
            step.advance()
        for (item, job, key), result in _written(writer, todo):
            stem = job.call.stem
            if isinstance(result, WorldError):
                desk.fail(stem, "dialogues", result)
            else:
                drawn = text.render(result, job.entries, item.locale)
                made = desk.put(stem, "dialogues", "dialogue", _place(stem), drawn, key)
                read = text.parse(drawn, (item.locale, item.speech), stem, labels)  # what stands, not what was meant
                done[stem] = Written(job.call, item.locale, item.speech, job.entries, read, made.hash)
            step.advance()
    desk.facts.setdefault("rows", []).append(("dialogues", _count(desk, todo, done)))
    return tuple(done[item.call.stem] for item in prompted if item.call.stem in done)


def _count(desk: Desk, todo: list[tuple[Prompted, Job, str]], done: dict[str, Written]) -> str:
    edited = len(desk.facts.get("edited", []))
    written = sum(job.call.stem in done for _, job, _ in todo)
    return f"{len(done)} ({written} written now" + (f", {edited} edited by hand" if edited else "") + ")"


def _place(stem: str) -> str:
    return f"dialogues/{stem}.txt"


def _must_write(desk: Desk, job: Job, key: str) -> bool:
    """True where there is no dialogue, or one of ours that is out of date; an edited one is never written over."""
    path = desk.path(_place(job.call.stem))
    if desk.options.force or not path.is_file():
        return True
    made = desk.manifest.entry(job.call.stem).files.get("dialogue")
    return made is not None and made.made_from != key and files.digest(path.read_bytes()) == made.hash


def _standing(desk: Desk, item: Prompted, job: Job) -> Written:
    """The dialogue that stands on disk. An edited one has to keep what its own header says: else Quarantined."""
    path = desk.path(_place(job.call.stem))
    content = path.read_bytes()
    made, found = desk.manifest.entry(job.call.stem).files.get("dialogue"), files.digest(content)
    try:
        drawn = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WorldError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    read = text.parse(drawn, (item.locale, item.speech), str(path), header.labels(desk.model))
    if made is None or made.hash != found:
        desk.facts.setdefault("edited", []).append(job.call.stem)
        record = relabelled(job.call.record, header.canonical(job.entries), read.header)
        wrong = contract.problems(read, replace(job.call, record=record), item.speech)
        if wrong:
            raise Quarantined(f"{path} was edited and contradicts itself: {'; '.join(wrong)}; change the text or the "
                              "header line, or take --force to have it written anew")
    return Written(job.call, item.locale, item.speech, job.entries, read, found)


def _written(
    writer: Writer, todo: list[tuple[Prompted, Job, str]]
) -> Iterator[tuple[tuple[Prompted, Job, str], text.Dialogue | WorldError]]:
    """Dialogues as they come; where the writer waits for a network, several at once. A fatal failure stops asking."""
    if writer.concurrency <= 1:
        for task in todo:
            stopping.check()
            yield task, _write(writer, task[1])
        return
    pool = ThreadPoolExecutor(writer.concurrency)
    asked: dict[Future[text.Dialogue | WorldError], tuple[Prompted, Job, str]] = {}
    try:
        asked.update({pool.submit(_write, writer, task[1]): task for task in todo})
        waiting = set(asked)
        while waiting:
            done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            stopping.check()
            for future in done:
                yield asked[future], future.result()
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        wait([future for future in asked if future.running()], timeout=GRACE)
        raise


def _write(writer: Writer, job: Job) -> text.Dialogue | WorldError:
    """A dialogue whose labels hold, or what stood against it."""
    try:
        written = writer.write(job)
        wrong = contract.problems(written, job.call, job.locale)
    except WorldError as error:
        return error
    return Quarantined("; ".join(wrong)) if wrong else written
