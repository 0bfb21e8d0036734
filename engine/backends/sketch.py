"""SketchBackend: the embedded default. Plans, composes and renders with `engine.sketch`; no weights, no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import BadSpan, TooLong, Unsupported
from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint
from bridge_server.protocol.values import Capabilities
from engine.backends import guide_vocal
from engine.backends.guide_vocal import GuideVocal
from engine.backends.sketch_edits import Resung, remixed, resung
from engine.sketch import midi, rehearsal
from engine.sketch.casting import is_voice
from engine.sketch.composer import compose
from engine.sketch.desk import Composed
from engine.sketch.dice import Dice
from engine.sketch.earlier import find_earlier
from engine.sketch.planning import make_plan
from engine.sketch.score import RULES, Plan, Score, Song, from_latents
from engine.sketch.synth import bus, soundfont
from engine.sketch.synth.renderer import CACHE_BYTES, SOUND, USUAL, Renderer
from engine.sketch.synth.soundfont import SoundFont
from engine.sketch.tags import NOTHING_SUNG
from engine.sketch.theory import chord_name
from engine.sketch.vocabulary import ROLES
from engine.sketch.voice.languages import VOICES
from engine.sketch.voice.songbook import unsung
from engine.watch import Watch
from engine.work import Rendering, Samples, Work

RATE, CHANNELS = 48_000, 2
MAX_SECONDS = 600.0

INSTRUMENTAL = Capabilities(
    backend="sketch",
    model=f"sketch {RULES}.{SOUND}",
    about="A rule-based arranger with its own synthesis: no AI, no download, stems from any CPU in moments.",
    tasks=("generate", "repaint", "extend", "retake", "layer", "accompany", "edit", "again"),
    sample_rate=RATE,
    channels=CHANNELS,
    roles=ROLES,
    settings=("language",),
    context_seconds=8.0,
    min_seconds=0.1,
    max_seconds=MAX_SECONDS,
    max_bytes=int(MAX_SECONDS * RATE) * CHANNELS * 4 * (len(ROLES) + 2) + CACHE_BYTES,
)
WITH_WORDS = msgspec.structs.replace(
    INSTRUMENTAL,
    about=f"{INSTRUMENTAL.about} Words are sung by a guide vocal that espeak-ng speaks.",
    lyrics=True,
    languages=tuple(VOICES),
    roles=(*ROLES, guide_vocal.ROLE),
)
_OTHERS = {
    "separate": "Separating a mix is what ace-step-1.5 is made for; `dawbridge models list` shows how to get it.",
}


class SketchBackend:
    """Rules and oscillators behind the interface of `engine.backends.base.Backend`."""

    def __init__(self) -> None:
        self._renderer = Renderer()
        self._guide = GuideVocal()

    @property
    def capabilities(self) -> Capabilities:
        """With words only where espeak-ng and pyworld are there."""
        return WITH_WORDS if guide_vocal.is_ready() else INSTRUMENTAL

    def memory_need(self, work: Work, variants: int) -> int:
        """Bytes for the stems of one take (they are handed over before the next is made) and the kept notes."""
        return work.hull.length * CHANNELS * 4 * (len(ROLES) + 2) + CACHE_BYTES

    def load(self, watch: Watch) -> None:
        """Nothing to load."""
        watch.step(1, 1, "loading")

    def rehearse(self, watch: Watch) -> None:
        """Play a few bars to nobody, and repaint some: the first repaint then takes hardly longer than the next."""
        played = next(self.render(rehearsal.first(), [0], watch.part(0, 0.7)))
        mix = np.asarray(np.sum(list(played.stems.values()), axis=0), dtype=np.float32)
        next(self.render(rehearsal.second(mix), [0], watch.part(0.7, 1)))

    def unload(self) -> None:
        """Free the notes that were kept for reuse."""
        self._renderer.forget()
        self._guide.forget()

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """One take per seed. Raises Unsupported, TooLong or BadSpan before the first, and Cancelled at any step.

        A SoundFont that the environment names and that cannot be played is refused as well (NotFound, UnreadableAudio).
        """
        request = _checked(work)
        ignored = _ignored(request)
        soundfont.chosen()  # what is wrong with it is said before anything is planned
        share = 1 / max(1, len(seeds))
        if isinstance(request, Edit) and request.mode == "only_lyrics":
            yield from self._resung(work, request, seeds, watch)
            return
        plan, notes = self._planned(work, request, watch.part(0, 0.1 * share))
        notes = [*notes, *ignored]
        for number, seed in enumerate(seeds):
            own = watch.part((number + 0.1) * share, (number + 1) * share)
            yield self._take(work, request, plan, (seed, notes), own)
            own.step(1, 1, "rendering")

    def _take(
        self, work: Work, request: Composed, plan: Plan, seed_and_notes: tuple[int, list[str]], watch: Watch
    ) -> Rendering:
        seed, notes = seed_and_notes
        score = compose(plan, _dice(work, seed), watch.part(0, 0.1), _song(work))
        if plan.words and score.vocal:
            notes = [*notes, *filter(None, [unsung(plan.words, {each.line for each in score.vocal.sung})])]
        if plan.key is None:
            notes = [*notes, f"key chosen: {score.key.name}"]
        strength = request.strength if isinstance(request, Repaint) else 1.0
        if strength > 0:
            font = soundfont.chosen()
            stems = self._stems(score, watch.part(0.1, 0.95), font)
            notes = [*notes, _players(score), *([f"played with the SoundFont {font.name}"] if font else [])]
        else:
            stems, notes = {}, [*notes, "strength 0: what was there stays as it was"]
        if strength <= 0 or (strength < 1 and not plan.kept):
            _mix_in_source(stems, work, strength, watch.part(0.95, 1.0))
        played = midi.files(score) if strength > 0 else {}
        return Rendering(seed=seed, stems=stems, latents=score.to_latents(), midi=played, notes=tuple(notes))

    def _planned(self, work: Work, request: Composed, watch: Watch) -> tuple[Plan, list[str]]:
        """The plan with the words of the request, if it has any; a remix goes on singing what was sung."""
        plan, notes = _plan(work, request, watch.part(0, 0.6))
        if request.lyrics.strip() and plan.words is None:
            tags = f"{request.role}, {request.tags}" if isinstance(request, Layer) else request.tags
            words, said = self._guide.words(request.lyrics, request.language, tags, watch.part(0.6, 1.0))
            plan, notes = msgspec.structs.replace(plan, words=words), [*notes, *said]
        if isinstance(request, Edit) and not work.origin:
            plan, said = remixed(work, plan, plan.words)
            notes = [*notes, *said]
        if plan.words:
            self._guide.studio()
            notes = [*(note for note in notes if not note.startswith(NOTHING_SUNG)), guide_vocal.LABEL]
        return plan, notes

    def _stems(self, score: Score, watch: Watch, font: SoundFont | None = None) -> dict[str, Samples]:
        """Of a band, a voice, or both; the band is the same whatever the words."""
        if score.vocal is None:
            return self._renderer.render(score, watch, font)
        wanted = score.plan.loudness if score.plan.loudness is not None else USUAL
        if not score.parts:
            return {guide_vocal.ROLE: self._guide.stem(score, wanted, watch)}
        louder = wanted - 20 * np.log10(guide_vocal.BAND_SHARE)
        band = msgspec.structs.replace(score, plan=msgspec.structs.replace(score.plan, loudness=float(louder)))
        stems = self._renderer.render(band, watch.part(0, 0.5), font)
        for role in stems:
            stems[role] *= np.float32(guide_vocal.BAND_SHARE)
        stems[guide_vocal.ROLE] = self._guide.stem(score, wanted - guide_vocal.SOFTER_THAN_BAND, watch.part(0.5, 1.0))
        return stems

    def _resung(self, work: Work, request: Edit, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """Takes with other words: the band of the take that is edited, bit for bit, and its melody."""
        found, notes = resung(work, request, self._guide, watch.part(0, 0.1))
        for number, seed in enumerate(seeds):
            own = watch.part(0.1 + 0.9 * number / len(seeds), 0.1 + 0.9 * (number + 1) / len(seeds))
            take = found.sung_by(seed)
            yield Rendering(
                seed=seed,
                stems=self._cut(take, own),
                latents=take.latents(),
                midi=midi.files(take.window()),
                notes=(*notes, "melody, timing and band stay as they were"),
            )
            own.step(1, 1, "rendering")

    def _cut(self, found: Resung, watch: Watch) -> dict[str, Samples]:
        stems = self._stems(found.score, watch, soundfont.chosen())
        return {role: np.ascontiguousarray(stem[:, found.start : found.end]) for role, stem in stems.items()}


def _checked(work: Work) -> Composed:
    """The request, if sketch can do it. Raises Unsupported, TooLong or BadSpan."""
    request = work.request
    if not isinstance(request, Generate | Repaint | Extend | Layer | Accompany | Edit):
        task = task_of(request)
        raise Unsupported(f"sketch cannot do '{task}'.", _OTHERS.get(task, ""))
    wants_voice = isinstance(request, Layer) and is_voice(request.role)
    if not request.lyrics.strip() and (wants_voice or (isinstance(request, Edit) and request.mode == "only_lyrics")):
        raise Unsupported("There are no words to sing.", "Give lyrics, a line for each phrase.")
    if any(target.rate != RATE for target in work.targets) or work.hull.end > work.context.shape[1]:
        raise BadSpan(f"sketch renders spans inside its context, counted at {RATE} Hz.")
    if sum(target.seconds for target in work.targets) > MAX_SECONDS:
        raise TooLong(f"sketch renders at most {MAX_SECONDS / 60:g} minutes at once.")
    return request


def _ignored(request: Composed) -> list[str]:
    """Rules do not sample: what shapes that means nothing here, and what it would change is refused."""
    if request.loras or getattr(request, "reference", None) is not None:
        raise Unsupported("sketch is rules and oscillators: it has no LoRAs and follows no reference audio.")
    names = list(msgspec.to_builtins(request.sampling))  # what is at its default is left out
    notes = [f"sketch does not sample, so these settings mean nothing to it: {', '.join(names)}"] if names else []
    if request.draft:
        notes.append("sketch makes no drafts: this is the take itself")
    return [*notes, "sketch is done before a preview would be"] if request.preview else notes


def _plan(work: Work, request: Composed, watch: Watch) -> tuple[Plan, list[str]]:
    """A retake starts from the plan that its take kept; everything else is planned anew."""
    kept = from_latents(work.latents) if work.origin else None
    if kept and kept.plan.samples == work.hull.length:
        return kept.plan, []
    return make_plan(work, request, watch)


def _dice(work: Work, seed: int) -> Dice:
    if work.origin is None:
        return Dice(((seed, 1.0),))
    kept = from_latents(work.latents)
    first = Dice(kept.throws) if kept else Dice(((work.origin.seed, 1.0),))
    return first.retaken(seed, work.origin.variance)


def _song(work: Work) -> Song | None:
    """What the take becomes a part of: the song of the score that it starts from."""
    kept = from_latents(work.latents)
    if work.origin:
        return kept.song if kept else None
    earlier = find_earlier(kept, work)
    return earlier.song if earlier else None


def _mix_in_source(stems: dict[str, Samples], work: Work, strength: float, watch: Watch) -> None:
    """Old audio under the new at equal power (cos and sin of a quarter turn); alone at strength 0, bit for bit."""
    new, old = np.float32(np.sin(strength * np.pi / 2)), np.float32(np.cos(strength * np.pi / 2))
    source = work.context[:, work.hull.start : work.hull.end].copy()
    if strength <= 0:
        stems["source"] = source
        return
    for role in stems:
        stems[role] *= new
    stems["source"] = source * old
    bus.level(stems, 1.0, watch)


def _players(score: Score) -> str:
    grid, chords = (
        score.plan.grid,
        " ".join(dict.fromkeys(chord_name(chord.root, chord.quality, score.key, chord.bass) for chord in score.chords)),
    )
    who = ", ".join(part.instrument for part in score.parts)
    return f"{score.plan.style}, {grid.bpm:g} bpm, {grid.meter.name}, {score.key.name}; {who}; chords: {chords}"
