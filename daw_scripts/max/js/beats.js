/**
 * Beats of Live ↔ whole samples ↔ what a musician reads. Pure arithmetic.
 *
 * A beat is a quarter note, beat 0 is bar 1; `tempo` is in quarter notes a minute, `rate` in samples a second. The
 * bridge counts the same way (`round(beats * 60 / tempo * rate)`), so both land on the same sample.
 */

/** The nearest whole number, a half to the even one: what Python's `round` does. */
exports.nearest = function (value) {
  var floor = Math.floor(value);
  var above = value - floor;
  if (above < 0.5 || (above === 0.5 && floor % 2 === 0)) return floor;
  return floor + 1;
};

/** The sample at which beat `beats` falls. */
exports.samples = function (beats, tempo, rate) {
  return exports.nearest(beats * 60 / tempo * rate);
};

/** The length of `samples` in beats. */
exports.length = function (samples, tempo, rate) {
  return samples / rate * tempo / 60;
};

/** Beats in a bar: 6/8 has three. */
exports.inBar = function (meter) {
  return meter.numerator * 4 / meter.denominator;
};

/** How far `beats` lies behind the bar line before it; true only where the meter never changes. */
exports.sinceBar = function (beats, meter) {
  var bar = exports.inBar(meter);
  var phase = beats - Math.floor(beats / bar) * bar;
  return bar - phase < 1e-9 ? 0 : phase;
};

/** `9`, `9.2` or `9.2.3`: bar, beat of the meter and sixteenth, as Live shows them; ends of zero are left out. */
exports.position = function (beats, meter) {
  var bar = exports.inBar(meter);
  var unit = 4 / meter.denominator;
  var ticks = exports.nearest(beats * 960) / 960;
  var whole = Math.floor(ticks / bar + 1e-9);
  var rest = ticks - whole * bar;
  var beat = Math.floor(rest / unit + 1e-9);
  var sixteenth = Math.floor((rest - beat * unit) * 4 + 1e-9);
  var text = String(whole + 1);
  if (beat || sixteenth) text += "." + (beat + 1);
  if (sixteenth) text += "." + (sixteenth + 1);
  return text;
};
