"""Every way in which Dawbridge can fail, each with a stable code, a sentence and a hint.

BridgeError
├── BadMessage         bad_message       not a message of this protocol
├── WrongKey           wrong_key         the key of connection.json is missing or stale
├── WrongVersion       wrong_version     script and bridge speak different versions
├── TooLarge           too_large         a message over the size limit
├── BadRequest         bad_request       a field is missing, unknown or out of range
├── BadSpan            bad_span          empty, backwards, beyond the file, or at another rate
├── DuplicateJob       duplicate_job     the id was used for another request
├── UnknownJob         unknown_job       no job or take of that id
├── NotFound           not_found         a file or folder that is not there
├── UnreadableAudio    unreadable_audio  there, but not audio we can read
├── BadAudio           bad_audio         readable, but NaN or infinite samples
├── SourceChanged      source_changed    the audio differs from what the recipe was made with
├── NoRecipe           no_recipe         the file does not carry a recipe of ours
├── OutsideProject     outside_project   a path that leaves the project's folder
├── ReadOnly           read_only         takes cannot be written there
├── DiskFull           disk_full         no room left; nothing was half written
├── TooLong            too_long          longer than the backend or the file format can do
├── Unsupported        unsupported       the backend cannot do this; names one that can
├── UnknownBackend     unknown_backend   no backend of that name
├── OutOfMemory        out_of_memory     the device's memory is too small
├── EngineLost         engine_lost       the engine died twice on this job
├── EngineFault        engine_fault      the engine met an error of its own
├── BridgeFault        bridge_fault      the bridge met an error of its own
├── ServerUnreachable  server_unreachable  the music server of the user's own does not answer
├── ServerRefused      server_refused    it wants another key
├── ServerBusy         server_busy       its queue is full, or it is not ready yet
├── ServerFailed       server_failed     it tried, and says that it could not
├── BadAnswer          bad_answer        it sent something else than was asked for
├── NoBridge           no_bridge         nobody answers (raised by clients)
└── AlreadyRunning     already_running   another bridge serves this user
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong, in a form that a DAW can show as it is."""

    code: Annotated[str, Meta(description="stable; see the table of error codes")]
    message: Annotated[str, Meta(description="one sentence a musician understands")]
    hint: Annotated[str, Meta(description="what to do now")] = ""


class BridgeError(Exception):
    """Base of all; never raised itself. `message` is one sentence, `hint` what the user can do."""

    code: ClassVar[str] = ""
    meaning: ClassVar[str] = ""
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint

    @property
    def problem(self) -> Problem:
        return Problem(code=self.code, message=self.message, hint=self.hint)


class BadMessage(BridgeError):
    code = "bad_message"
    meaning = "The bytes are not a message of this protocol."
    default_hint = "Update the script in your DAW, or read docs/PROTOCOL.md if you wrote the client."


class WrongKey(BridgeError):
    code = "wrong_key"
    meaning = "The key is missing or does not belong to this bridge."
    default_hint = "Read connection.json again: the bridge makes a new key each time it starts."


class WrongVersion(BridgeError):
    code = "wrong_version"
    meaning = "Script and bridge speak different versions of the protocol."
    default_hint = "Install the scripts that came with this version of Dawbridge."


class TooLarge(BridgeError):
    code = "too_large"
    meaning = "The message is larger than any message may be."
    default_hint = "Messages stay below 1 MiB: name audio by its path instead of sending it."


class BadRequest(BridgeError):
    code = "bad_request"
    meaning = "A field of the request is missing, unknown or out of range."
    default_hint = "Correct the field that the message names and send the request again."


class BadSpan(BridgeError):
    code = "bad_span"
    meaning = "The span is empty, runs backwards, leaves the file or counts at another rate."
    default_hint = "Select a range that lies inside the clip; programs count it in samples of the file."


class DuplicateJob(BridgeError):
    code = "duplicate_job"
    meaning = "A different request was already sent under this job id."
    default_hint = "Make a fresh id for every new request."


class UnknownJob(BridgeError):
    code = "unknown_job"
    meaning = "There is no job or take of that id."
    default_hint = "`dawbridge jobs` and `dawbridge takes` list what there is."


class NotFound(BridgeError):
    code = "not_found"
    meaning = "The file or folder is not there."
    default_hint = "Check the path; if it lies on another drive, connect the drive."


class UnreadableAudio(BridgeError):
    code = "unreadable_audio"
    meaning = "The file is there but is not audio that can be read."
    default_hint = "WAV, AIFF, FLAC, MP3 and OGG can be read; render or convert the clip to one of them."


class BadAudio(BridgeError):
    code = "bad_audio"
    meaning = "The audio holds samples that are not numbers."
    default_hint = "Render the clip again: a plug-in probably produced NaN or infinite samples."


class SourceChanged(BridgeError):
    code = "source_changed"
    meaning = "The audio is not the one that the recipe was made with."
    default_hint = "Put the original file back, or send a new request for the audio as it is now."


class NoRecipe(BridgeError):
    code = "no_recipe"
    meaning = "The file does not carry a recipe of Dawbridge."
    default_hint = "Choose a take that Dawbridge wrote; copies made by other programs may have lost the recipe."


class OutsideProject(BridgeError):
    code = "outside_project"
    meaning = "The path leaves the project's folder."
    default_hint = "Takes are written below the project's folder only."


class ReadOnly(BridgeError):
    code = "read_only"
    meaning = "Takes cannot be written there."
    default_hint = "Make the folder writable, or save the project somewhere else."


class DiskFull(BridgeError):
    code = "disk_full"
    meaning = "There is no room left on the disk."
    default_hint = "Free some space and retry the job; nothing was lost and nothing half written."


class TooLong(BridgeError):
    code = "too_long"
    meaning = "The request is longer than the backend or the file format can do."
    default_hint = "Select a shorter range."


class Unsupported(BridgeError):
    code = "unsupported"
    meaning = "The backend cannot do this."
    default_hint = "Choose another backend or another request."


class UnknownBackend(BridgeError):
    code = "unknown_backend"
    meaning = "There is no backend of that name."
    default_hint = "`dawbridge doctor` lists the backends of this machine."


class OutOfMemory(BridgeError):
    code = "out_of_memory"
    meaning = "The device's memory is too small for this request."
    default_hint = "Select a shorter range or fewer variants, or close other programs that use the GPU."


class EngineLost(BridgeError):
    code = "engine_lost"
    meaning = "The engine died twice on this job."
    default_hint = "Retry the job; if it happens again, `dawbridge doctor` shows where the engine's log lies."


class EngineFault(BridgeError):
    code = "engine_fault"
    meaning = "The engine met an error of its own."
    default_hint = "Retry the job; the engine's log has the details (`dawbridge doctor` says where it lies)."


class BridgeFault(BridgeError):
    code = "bridge_fault"
    meaning = "The bridge met an error of its own."
    default_hint = "Retry the job; the bridge's log has the details (`dawbridge doctor` says where it lies)."


class ServerUnreachable(BridgeError):
    code = "server_unreachable"
    meaning = "The music server that you added does not answer, or the connection to it does not last."
    default_hint = "Is it switched on and in the same network? `dawbridge server check` tries it."


class ServerRefused(BridgeError):
    code = "server_refused"
    meaning = "The music server that you added wants another key."
    default_hint = "`dawbridge server add ADDRESS --key` asks for the key and keeps it."


class ServerBusy(BridgeError):
    code = "server_busy"
    meaning = "The music server that you added has too much to do, or is not ready yet."
    default_hint = "Retry the job in a few minutes."


class ServerFailed(BridgeError):
    code = "server_failed"
    meaning = "The music server that you added tried, and says that it could not."
    default_hint = "Retry the job; if it happens again, the log of that server has the details."


class BadAnswer(BridgeError):
    code = "bad_answer"
    meaning = "The music server that you added sent something else than was asked for."
    default_hint = "Is it an ACE-Step 1.5 server? `dawbridge server check` tries it."


class NoBridge(BridgeError):
    code = "no_bridge"
    meaning = "No bridge answers."
    default_hint = "Start it with `dawbridge up`."


class AlreadyRunning(BridgeError):
    code = "already_running"
    meaning = "Another bridge already serves this user."
    default_hint = "Use the one that runs, or stop it first with `dawbridge down`."


ERRORS: dict[str, type[BridgeError]] = {error.code: error for error in BridgeError.__subclasses__()}
"""code → class, for the table in PROTOCOL.md and for raising again what came over a wire."""


def from_problem(problem: Problem) -> BridgeError:
    """The exception that `problem` describes; an unknown code (a newer peer) becomes a BridgeFault."""
    return ERRORS.get(problem.code, BridgeFault)(problem.message, problem.hint)
