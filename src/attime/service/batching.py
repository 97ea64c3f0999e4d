"""Micro-batching: questions of one form that arrive within a few milliseconds are answered in one go, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

Work = Callable[[Sequence[Any], Callable[[], bool]], list[bytes]]


@dataclass(frozen=True, eq=False)
class Waiting:
    """A question and whoever waits for its answer."""

    form: Hashable
    question: Any
    size: int
    answer: asyncio.Future[bytes]


def is_given_up(batch: Sequence[Waiting]) -> bool:
    """Return whether nobody waits for an answer."""
    return all(one.answer.done() for one in batch)


class Batcher:
    """Answers questions to one model, one batch after the other, in the thread of the model.

    What arrives while a batch is in work waits for the next, so batches grow with the load. The loop that accepts
    requests only ever waits. Work for whose answers nobody waits any more, their time being up,
    those who asked gone, or the service told to stop, is told so and ends early: see `attime.service.giving_up`.

    Parameters
    ----------
    work
        From questions of one form, and what says whether all of them are given up, to their answers.
    thread
        Of the model, whatever else it is asked for.
    seconds
        To wait for others after the first.
    most
        Series in a batch, unless one question has more.
    on_batch
        Told the number of series in each batch.
    """

    def __init__(
        self, work: Work, thread: Executor, *, seconds: float, most: int, on_batch: Callable[[int], None]
    ) -> None:
        self.work, self.thread, self.seconds, self.most, self.on_batch = work, thread, seconds, most, on_batch
        self.waiting: list[Waiting] = []
        self.running: asyncio.Task[None] | None = None

    async def ask(self, form: Hashable, question: Any, size: int) -> bytes:
        """Return the answer to a question.

        Parameters
        ----------
        form
            Questions of the same form may be answered together.
        question
            The question.
        size
            How many series are in it.
        """
        loop = asyncio.get_running_loop()
        mine = Waiting(form, question, size, loop.create_future())
        self.waiting.append(mine)
        if self.running is None or self.running.done():
            self.running = loop.create_task(self._run())
        return await mine.answer

    async def _run(self) -> None:
        await asyncio.sleep(self.seconds)
        while self.waiting:
            batch = self._next()
            if batch:
                self.on_batch(sum(one.size for one in batch))
                await self._answer(batch)

    def _next(self) -> list[Waiting]:
        """Take the oldest question, and all of its form that fit beside it; nobody waits for those given up."""
        self.waiting = [one for one in self.waiting if not one.answer.done()]
        batch: list[Waiting] = []
        size = 0
        for one in self.waiting:
            if not batch or (one.form == batch[0].form and size + one.size <= self.most):
                batch.append(one)
                size += one.size
        taken = set(map(id, batch))
        self.waiting = [one for one in self.waiting if id(one) not in taken]
        return batch

    async def _answer(self, batch: list[Waiting]) -> None:
        if is_given_up(batch):
            return
        loop = asyncio.get_running_loop()
        questions = [one.question for one in batch]
        try:
            answers = await loop.run_in_executor(self.thread, self.work, questions, partial(is_given_up, batch))
        except Exception as error:
            if len(batch) > 1:  # one of them is to blame: each alone, so that the others get their answers
                for one in batch:
                    await self._answer([one])
            elif not batch[0].answer.done():
                batch[0].answer.set_exception(error)
            return
        for one, answer in zip(batch, answers, strict=True):
            if not one.answer.done():
                one.answer.set_result(answer)
