/**
 * A page for the browser, made when it is asked for: how the engine is, what runs, and the takes of this device to listen
 * to. A file on this computer; nothing is fetched, and no script is in it. Max writes only ASCII, so all else is escaped.
 */
var face = require("./face");
var files = require("./files");
var paths = require("./paths");
var text = require("./text");
var verbs = require("./verbs");

var STYLE = "body{font:16px system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
  + "audio{width:100%}h2{font-size:1.1em;margin-top:2em}.path{color:#666;font-size:.8em;overflow-wrap:anywhere}"
  + "@media(prefers-color-scheme:dark){body{color:#ddd;background:#222}.path{color:#999}}";

/** Writes the page of `desk` and returns its path; null where there is no folder for it. */
exports.write = function (desk) {
  var home = desk.courier.home || desk.findHome("", null);
  var path = home ? paths.join(home, "live.html") : null;
  return path && files.writeNow(path, exports.html(desk)) ? path : null;
};

exports.html = function (desk) {
  var parts = ["<!doctype html><meta charset=utf-8><title>Dawbridge in Live</title><style>" + STYLE + "</style>",
    "<h1>Dawbridge</h1>", paragraph(face.ofBridge(desk.courier)), paragraph(desk.face.message),
    heading(text.say("page_jobs"))];
  var running = desk.jobs.running();
  if (running.length === 0) parts.push(paragraph(text.say("page_no_jobs")));
  running.forEach(function (job) {
    var percent = Math.round(100 * (job.fraction || 0));
    parts.push(paragraph(text.say("page_job", {
      verb: verbs.get(job.place.verb).title, percent: percent, state: face.ofJob(job, desk.courier)
    })));
  });
  parts.push(heading(text.say("page_takes")));
  if (desk.results.length === 0) parts.push(paragraph(text.say("page_no_takes")));
  desk.results.slice().reverse().forEach(function (result) { parts.push(resultPart(result)); });
  parts.push(paragraph(text.say("page_again")));
  return parts.join("\n") + "\n";
};

function resultPart(result) {
  var title = [verbs.get(result.place.verb).title, result.place.range, result.tags].filter(Boolean).join(" · ");
  return heading(title) + result.takes.map(function (take) {
    var kept = take.number === result.kept ? "page_kept" : "lane";
    var remarks = (take.remarks || []).map(paragraph).join("");
    return paragraph(text.say(kept, { number: take.number })) + remarks + take.paths.map(function (path) {
      return "<audio controls preload=none src=\"" + escaped(paths.address(path)) + "\"></audio>"
        + "<p class=path>" + escaped(path) + "</p>";
    }).join("");
  }).join("");
}

function heading(sentence) {
  return "<h2>" + escaped(sentence) + "</h2>";
}

function paragraph(sentence) {
  return "<p>" + escaped(sentence) + "</p>";
}

/** For a page in ASCII: markup and everything beyond as numbers. */
function escaped(value) {
  return String(value).replace(/[\ud800-\udbff][\udc00-\udfff]|[^ -~]|[&<>"']/g, function (found) {
    var code = found.charCodeAt(0);
    if (found.length === 2) code = (code - 0xd800) * 0x400 + found.charCodeAt(1) - 0xdc00 + 0x10000;
    return "&#" + code + ";";
  });
}
exports.escaped = escaped;
