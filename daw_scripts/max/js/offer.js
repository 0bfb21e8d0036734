/** Whether a verb can be served, and if not, why: Send is grey then, and the line below says the reason. */
var text = require("./text");

var CONTEXT_SECONDS = 10;

function lists(tasks, request) {
  return (tasks || []).indexOf(request) >= 0;
}

/** Why `verb` cannot be served by what `welcome` tells of; null if it can, or while nobody knows. */
exports.reason = function (verb, welcome) {
  var backends = (welcome && welcome.backends) || [];
  var absent = (welcome && welcome.absent) || [];
  if (backends.length === 0) return null;
  if (backends.some(function (backend) { return lists(backend.tasks, verb.request); })) return null;
  var could = absent.filter(function (one) { return one.problem && lists(one.tasks, verb.request); })[0];
  return could ? could.problem.hint || could.problem.message : text.say("no_backend_can");
};

/** The settings that mean something to the backend that serves by default: name -> true; none while nobody knows. */
exports.settings = function (welcome) {
  var known = {};
  ((welcome && welcome.backends) || []).forEach(function (backend) {
    if (welcome.default_backend && backend.backend !== welcome.default_backend) return;
    (backend.settings || []).forEach(function (name) { known[name] = true; });
  });
  return known;
};

/** Seconds of sound that a backend wants to hear beside a span. */
exports.contextSeconds = function (welcome) {
  return ((welcome && welcome.backends) || []).reduce(function (most, backend) {
    return Math.max(most, backend.context_seconds || 0);
  }, CONTEXT_SECONDS);
};
