"""Planning: request, project and surroundings become a plan. What is uncertain is said in notes."""

from __future__ import annotations

from bridge_server.protocol.requests import Accompany, Extend, Generate, Layer, Repaint
from engine.sketch import casting, hearing, hearing_mix, hearing_time, outline
from engine.sketch.chart import key_of_chart, read_chart
from engine.sketch.desk import Composed, Desk
from engine.sketch.earlier import find_earlier
from engine.sketch.grid import Grid, Turn
from engine.sketch.hearing import Heard
from engine.sketch.meter import Meter, read_meter
from engine.sketch.score import Chord, Feel, Plan, from_latents
from engine.sketch.section_names import read_blocks
from engine.sketch.styles import NEUTRAL, STYLES
from engine.sketch.synth.renderer import BALANCE, FULL_MIX
from engine.sketch.tags import read_tags
from engine.sketch.theory import Chart, Key, chord_name, read_key
from engine.watch import Watch
from engine.work import Work

LEAST_TO_COUNT, NEAR_LINE = 4.0, 0.05
"""Seconds of music that bar lines are looked for in, and how near to one a cut is meant to be on it."""
QUIETEST, LOUDEST = -40.0, -9.0
SOFTER_THAN_SOLO = 2.0
"""LU that a backing stays under the solo it accompanies."""


def make_plan(work: Work, request: Composed, watch: Watch) -> tuple[Plan, list[str]]:
    """The plan, and sentences for the user. Raises Unsupported for a role nobody plays."""
    score = from_latents(work.latents)
    desk = Desk(work, request, read_tags(request.tags), score, find_earlier(score, work), watch)
    style = _style(desk)
    origin = work.hull.start
    heard = hearing.listen(desk.context, desk.stretches(), watch)
    grid = _grid(desk, style, heard)
    chart = read_chart(request.music.chords)
    key, mode = _key(desk, style, heard, chart)
    chords = () if chart else hearing.chords_of(heard, grid, origin, key)
    if desk.earlier and not chart:
        chords = _merged(desk.earlier.chords(grid), chords)
    form = outline.form_of(desk)
    feel = _feel(desk)
    cast = _cast(desk, style, heard)
    strength = request.strength if isinstance(request, Repaint) else 1.0
    plan = Plan(
        style=style,
        grid=grid,
        samples=work.hull.length,
        windows=tuple((each.start - origin, each.end - origin) for each in work.targets),
        cast=cast,
        key=key,
        mode=mode,
        feel=feel,
        intro=form.intro,
        ending=form.ending,
        whole=form.whole,
        chart=chart,
        heard=chords,
        loudness=_loudness(desk, cast),
        room=STYLES[style].tail * (1 + desk.wishes.feel.space),
        kept=desk.earlier.notes(grid, work.hull.length) if desk.earlier and strength < 1 else {},
        keep=1 - strength,
        time_feel=desk.wishes.time_feel or (desk.score.plan.time_feel if desk.score else ""),
        section=form.section,
        number=form.number,
        blocks=read_blocks(request.lyrics),
        known=desk.earlier.sections(grid) if desk.earlier and not form.section else (),
        onward=outline.onward(desk),
        singing=outline.singing(desk, cast),
        before=desk.earlier.hands() if desk.earlier else {},
        ground=outline.ground(desk, style),
    )
    _tell(desk, plan, heard)
    return plan, [*desk.notes, *desk.wishes.notes()]


def _style(desk: Desk) -> str:
    if desk.wishes.style:
        return desk.wishes.style
    return desk.score.plan.style if desk.score else desk.wishes.hinted_style or NEUTRAL


def _grid(desk: Desk, style: str, heard: Heard) -> Grid:
    music, wishes = desk.request.music, desk.wishes
    rate = desk.work.hull.rate
    if music.bpm is None and wishes.bpm is None and desk.earlier:
        return desk.earlier.grid
    meter = read_meter(music.meter)
    if wishes.meter and wishes.meter != meter:
        if music.bpm is None and meter == Meter(4, 4):
            meter = wishes.meter
        else:
            desk.notes.append(f"the project's {meter.name} was kept, not the {wishes.meter.name} of the tags")
    if music.bpm is not None and wishes.bpm is not None and abs(music.bpm - wishes.bpm) > 0.5:
        desk.notes.append(f"the project's {music.bpm:g} bpm were kept, not the {wishes.bpm:g} bpm of the tags")
    bpm = music.bpm or wishes.bpm or (desk.score.plan.grid.bpm if desk.score else None) or _tempo(desk, style, heard)
    since = music.since_bar / desk.request.span.rate
    if turns := _turns(desk, bpm, meter, since):
        return Grid(bpm, meter, since, rate, turns).later(_lead(desk.request))
    bar = meter.beats * 60 / bpm
    phase = (_phase(desk, bpm, meter, heard) if desk.tempo_heard else desk.work.bar_phase_seconds) % bar
    if bar - phase < 1 / rate:
        phase = 0.0
    return Grid(bpm, meter, phase, rate)


def _phase(desk: Desk, bpm: float, meter: Meter, heard: Heard) -> float:
    """Seconds from a bar line to the new music, from the longest stretch of what sounds around it."""
    told, start = desk.work.bar_phase_seconds, desk.work.hull.start
    low, high = max(desk.stretches(), key=lambda each: each[1] - each[0])
    if told or high - low < LEAST_TO_COUNT * desk.work.hull.rate:
        return told
    rising = hearing_time.rises(desk.context[:, low:high], desk.watch)
    found = hearing_time.phase_of(rising, bpm, meter, heard.between(low, high))
    bar = meter.beats * 60 / bpm
    phase = (found + (start - low) / desk.work.hull.rate) % bar
    # Whoever cut at a bar line meant it.
    return 0.0 if min(phase, bar - phase) < NEAR_LINE else phase


def _feel(desk: Desk) -> Feel:
    """What the tags say; else how the earlier score was played; else how lively, dense and bright it is all around."""
    if isinstance(desk.request, Generate):
        return desk.wishes.feel
    heard = desk.score.plan.feel if desk.score else hearing_mix.character(desk.around, desk.level, desk.rising)
    return hearing_mix.joined(desk.wishes.feel, heard)


def _turns(desk: Desk, bpm: float, meter: Meter, since: float) -> tuple[Turn, ...]:
    """The project's changes of tempo and meter; the span starts `since` seconds after bar line 0."""
    found: list[Turn] = []
    for change in desk.request.music.changes:
        bpm = change.bpm or bpm
        meter = read_meter(change.meter) if change.meter else meter
        found.append(Turn(since + change.at / desk.request.span.rate, bpm, meter, change.ramp))
    return tuple(found)


def _lead(request: Composed) -> float:
    """Seconds from the start of the span to the first new music: an extension begins before or after the clip."""
    if not isinstance(request, Extend):
        return 0.0
    return (-request.left if request.left else request.span.length) / request.span.rate


def _tempo(desk: Desk, style: str, heard: Heard) -> float:
    """Heard, or the style's own, bent by tempo words and moods."""
    if not isinstance(desk.request, Generate):
        found = hearing_time.tempo_of(desk.rising, heard.is_pitched)
        if found:
            desk.notes.append(f"tempo heard: {found:g} bpm")
            desk.tempo_heard = True
            return found
        if not desk.wishes.style:
            desk.notes.append("no tempo given or heard: 120 bpm")
            return 120.0
    bpm = round(STYLES[style].bpm * desk.wishes.tempo * (1 + 0.06 * desk.wishes.feel.energy))
    desk.notes.append(f"tempo chosen: {bpm:g} bpm")
    return float(bpm)


def _key(desk: Desk, style: str, heard: Heard, chart: Chart) -> tuple[Key | None, str]:
    """The key if anything tells it, and the mode to use if nothing does."""
    mode = desk.wishes.mode or STYLES[style].mode
    given = read_key(desk.request.music.key)
    wished = desk.wishes.key
    if given and wished and given[0] != wished[0]:
        desk.notes.append("the project's key was kept, not the one of the tags")
    if named := given or wished:
        tonic, said = named
        if not said and (guess := hearing.key_of(heard, tonic)):
            said = guess.mode
        return Key(tonic, said or mode or "major"), mode
    if chart:
        return key_of_chart(chart), mode
    if desk.score:
        return desk.score.key, mode
    if found := hearing.key_of(heard):
        desk.notes.append(f"key heard: {found.name}")
        return found, mode
    return None, mode


def _merged(known: tuple[Chord, ...], heard: tuple[Chord, ...]) -> tuple[Chord, ...]:
    """Chords of the earlier score, and heard ones where it had none."""
    starts = {round(chord.start, 3) for chord in known}
    return tuple(sorted([*known, *(chord for chord in heard if round(chord.start, 3) not in starts)]))


def _cast(desk: Desk, style: str, heard: Heard) -> casting.Cast:
    request, wishes = desk.request, desk.wishes
    if isinstance(request, Layer) and casting.is_voice(request.role):
        return {}
    if isinstance(request, Layer):
        role = casting.asked_role(request.role, wishes)
        if not role:
            role = casting.missing_role(hearing_mix.players(desk.around, desk.watch))
            desk.notes.append(f"role chosen: {role}")
        return casting.one_player(style, role, wishes)
    if isinstance(request, Accompany):
        cast = casting.full_cast(style, wishes, only_named=wishes.alone)
        if "lead" in wishes.named_roles:
            return cast
        return {role: players for role, players in cast.items() if role.split(maxsplit=1)[0] != "lead"} or cast
    if isinstance(request, Generate):
        return casting.full_cast(style, wishes, only_named=wishes.alone)
    cast = casting.full_cast(style, wishes, only_named=wishes.alone or not wishes.style)
    if desk.score and wishes.style in ("", desk.score.plan.style):
        parts = desk.earlier.song.parts if desk.earlier else desk.score.parts
        return casting.like_score(cast, parts, wishes)
    if not wishes.style and not wishes.named_roles:
        return casting.like_heard(cast, hearing_mix.players(desk.around, desk.watch), alone=hearing.is_melody(heard))
    return cast


def _loudness(desk: Desk, cast: casting.Cast) -> float | None:
    """LUFS that continue the level of the surroundings; None where there is nothing to continue."""
    heard = desk.level
    if heard is None:
        return None
    if isinstance(desk.request, Layer):
        heard += BALANCE[next(iter(cast), "lead").split(maxsplit=1)[0]] - FULL_MIX
    elif isinstance(desk.request, Accompany):
        heard -= SOFTER_THAN_SOLO
    return float(min(LOUDEST, max(QUIETEST, heard)))


def _tell(desk: Desk, plan: Plan, heard: Heard) -> None:
    if desk.earlier:
        desk.notes.append("continues from the score that the take kept")
    elif desk.listens_to_target and plan.key and plan.heard:
        low, high = plan.grid.beat(plan.windows[0][0]), plan.grid.beat(plan.windows[-1][1])
        names: list[str] = []
        for chord in plan.heard:
            name = chord_name(chord.root, chord.quality, plan.key)
            if low - 0.1 <= chord.start < high and (not names or names[-1] != name):
                names.append(name)
        if names:
            desk.notes.append("chords heard: " + " ".join(names[:16]) + (" …" if len(names) > 16 else ""))
