"""AceStepApi: the backend that the worker calls."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bridge_server.protocol.errors import BadAudio, BadSpan, Unsupported
from bridge_server.protocol.requests import Composition, Layer, Repaint
from bridge_server.protocol.servers import NAME, Offer, Server
from bridge_server.protocol.values import Capabilities
from engine.backends.ace_15.capabilities import LANGUAGES, RATE
from engine.backends.ace_15.presence import check_others, missing
from engine.backends.ace_15.timing import aligned
from engine.backends.acestep_api.capabilities import capabilities
from engine.backends.acestep_api.envelope import plain
from engine.backends.acestep_api.errand import Brought, Errand
from engine.backends.acestep_api.form import form
from engine.backends.acestep_api.offer import UNKNOWN, probe
from engine.backends.acestep_api.patience import USUAL, Patience
from engine.backends.acestep_api.score import SEEDS, Score, score
from engine.backends.acestep_api.sound import most_bytes, sound
from engine.watch import Cancelled, Watch
from engine.work import Rendering, Samples, Work

log = logging.getLogger(__name__)

ANOTHER = "try another seed"


class AceStepApi:
    """Renders on the server that the user has named. Used from one thread; keeps nothing but what the server said."""

    def __init__(self, server: Server, patience: Patience = USUAL) -> None:
        self._server = server
        self._patience = patience
        self._offer: Offer = server.offer or UNKNOWN

    @property
    def capabilities(self) -> Capabilities:
        return capabilities(self._server)

    def memory_need(self, work: Work, variants: int) -> int:
        """Nothing on a device of this machine."""
        return 0

    def load(self, watch: Watch) -> None:
        """Ask the server what it can do right now. Raises ServerUnreachable, ServerRefused, BadAnswer."""
        watch.step(0, 1, f"asking {self._server.host}")
        self._offer = probe(self._server, lambda _: watch.check(), self._patience)

    def unload(self) -> None:
        """Nothing of it is on this machine."""
        self._offer = self._server.offer or UNKNOWN

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """One take per seed, one after the other, as the server has one queue for everybody.

        Raises BadSpan, BadAudio, BadRequest, TooLong, Unsupported before anything is sent; then as `Errand.run` does.
        """
        _check(work)
        if isinstance(work.request, Repaint) and work.request.strength == 0:
            yield from _untouched(work, seeds)
            return
        scores = [score(work, number, self._offer) for number in range(len(work.targets))]
        share = 1 / max(1, len(seeds))
        for number, seed in enumerate(seeds):
            yield self._take(work, scores, seed, watch.part(number * share, (number + 1) * share))

    def _take(self, work: Work, scores: Sequence[Score], seed: int, watch: Watch) -> Rendering:
        """Fill one target after the other; the next one hears what has come before."""
        hull, notes = work.hull, list[str]()
        context = np.array(work.context, np.float32)
        for number, target in enumerate(work.targets):
            part = watch.part(number / len(work.targets), (number + 1) / len(work.targets))
            asked = scores[number]
            if number:
                asked = score(replace(work, context=context), number, self._offer)
            brought = self._brought(asked, seed, part)
            made = sound(brought.body, asked, target.length)
            context[:, target.start : target.end] = made.audio
            notes += [*asked.notes, *made.notes, *self._remarks(brought, asked, seed)]
        audio = _over(context, work, made.audio)
        assert audio.shape[1] == hull.length
        if isinstance(work.request, Layer):
            audio, _, told = aligned(audio, work, ANOTHER)
            notes += [*told, *missing(audio, work.context[:, hull.start : hull.end], ANOTHER)]
        return Rendering(seed=seed, stems={scores[0].stem: audio}, notes=tuple(dict.fromkeys(notes)))

    def _brought(self, asked: Score, seed: int, watch: Watch) -> Brought:
        sounds: dict[str, Samples] = {}
        if asked.source is not None:
            sounds["src_audio"] = asked.source.audio
        if asked.timbre is not None:
            sounds["reference_audio"] = asked.timbre
        kind, parts = form(asked.seeded(seed), sounds)
        try:
            return Errand(self._server, kind, parts, most_bytes(asked), self._patience).run(watch)
        except Cancelled:
            log.info("server.goes_on host=%s: it cannot be told to stop", self._server.host)
            raise

    def _remarks(self, brought: Brought, asked: Score, seed: int) -> Iterator[str]:
        if brought.is_again:
            yield "the server had forgotten the job, so it was handed in a second time"
        used = {word.strip() for word in brought.seed.split(",")} - {""}
        if used and str(seed % SEEDS) not in used:
            yield f"the server says that it used the seed {sorted(used)[0][:24]}: made again, this will sound different"
        wanted = asked.fields.get("model", "")
        if brought.model:
            yield f"composed by {plain(brought.model)}"
        if wanted and brought.model and wanted not in brought.model:
            yield f"the server says that it used {plain(brought.model)} instead of {wanted}"


def _check(work: Work) -> None:
    """Before anything leaves this machine."""
    request = work.request
    if any(target.rate != RATE for target in work.targets) or work.hull.end > work.context.shape[1]:
        raise BadSpan(f"{NAME} renders spans inside its context, counted at {RATE} Hz.")
    if not np.isfinite(work.context).all():
        raise BadAudio("The audio around the span holds samples that are not numbers.")
    check_others(work)
    if work.origin is not None:
        raise Unsupported(f"{NAME} cannot do 'retake'.", "Ask for another variant: the same request, another seed.")
    if isinstance(request, Composition):
        if request.loras:
            raise Unsupported(f"{NAME} loads no LoRAs over the network.", "Load them on the server itself.")
        if request.language and request.language not in LANGUAGES:
            raise Unsupported(f"{NAME} does not sing in '{request.language}'.", f"It sings in {', '.join(LANGUAGES)}.")


def _untouched(work: Work, seeds: Sequence[int]) -> Iterator[Rendering]:
    audio = np.array(work.context[:, work.hull.start : work.hull.end], np.float32)
    for seed in seeds:
        yield Rendering(seed=seed, stems={"mix": audio}, notes=("strength 0: what was there stays as it was",))


def _over(context: Samples, work: Work, last: Samples) -> Samples:
    """What was made, over the hull; between two targets the clip itself."""
    if len(work.targets) == 1:
        return last
    return np.ascontiguousarray(context[:, work.hull.start : work.hull.end])
