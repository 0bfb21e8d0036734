"""LuaSocket's `socket.core` for a Lua in a test, with real UDP behind it, and what can go wrong on the way."""

import socket
from dataclasses import dataclass, field
from typing import Any

GLUE = """
local open, send, receive, close = ...
local function hex(bytes) return (bytes:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
local function bytes(text) return (text:gsub("..", function(two) return string.char(tonumber(two, 16)) end)) end

local core = { _VERSION = "LuaSocket 3.0.0" }

function core.udp()
  local self = { timeout = false }
  function self:settimeout(seconds) self.timeout = seconds return 1 end
  function self:setpeername(host, port)
    assert(self.timeout == 0, "a socket that waits would stop REAPER")
    assert(math.type(port) == "integer" and type(host) == "string")
    self.number = open(host, port)
    if self.number then return 1 end
    return nil, "refused"
  end
  function self:send(datagram)
    assert(type(datagram) == "string", "bad argument #1 to 'send' (string expected)")
    return send(self.number, hex(datagram))
  end
  function self:receive(size)
    local found = receive(self.number, size)
    if found then return bytes(found) end
    return nil, "timeout"
  end
  function self:close() if self.number then close(self.number) end end
  return self
end

return core
"""

SEARCHER = """
local core = ...
table.insert(package.searchers, 2, function(name)
  if name ~= "socket.core" then return nil end
  for template in package.cpath:gmatch("[^;]+") do
    local path = template:gsub("%?", "socket/core")
    local file = io.open(path, "rb")
    if file then
      local text = file:read("a")
      file:close()
      return function() if text == "fits" then return core end error("another architecture") end, path
    end
  end
  return "no socket.core in " .. package.cpath
end)
"""


@dataclass
class Udp:
    """The sockets that a script has opened.

    is_mute   what is sent gets lost
    is_deaf   what arrives gets lost
    doubled   everything is sent twice
    refuses   no socket can be connected
    shuffled  datagrams that wait together arrive in the opposite order
    flood     datagrams that arrive before any other
    """

    sockets: dict[int, socket.socket] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    is_deaf: bool = False
    is_mute: bool = False
    refuses: bool = False
    doubled: bool = False
    shuffled: bool = False
    flood: list[bytes] = field(default_factory=list)

    def install(self, runtime: Any) -> None:
        """Let the runtime's own `require` find `socket.core` where `package.cpath` leads to a file of that name."""
        core = runtime.execute(GLUE, self.open, self.send, self.receive, self.close)
        runtime.execute(SEARCHER, core)

    def open(self, host: str, port: int) -> int | None:
        if self.refuses:
            return None
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        found.setblocking(False)
        found.connect((host, port))
        number = len(self.sockets) + 1
        self.sockets[number] = found
        return number

    def send(self, number: int, datagram: str) -> int | None:
        self.sent.append(bytes.fromhex(datagram))
        if self.is_mute:
            return 1
        try:
            for _ in range(2 if self.doubled else 1):
                self.sockets[number].send(self.sent[-1])
        except ConnectionRefusedError:
            return None
        return 1

    def receive(self, number: int, size: int) -> str | None:
        if self.shuffled:
            self.flood += self.waiting(number, size)
        if self.flood:
            return self.flood.pop().hex()
        while True:
            try:
                datagram = self.sockets[number].recv(size)
            except (BlockingIOError, ConnectionRefusedError):
                return None
            if not self.is_deaf:
                self.received.append(datagram)
                return datagram.hex()

    def waiting(self, number: int, size: int) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self.sockets[number].recv(size))
            except (BlockingIOError, ConnectionRefusedError):
                return found

    def close(self, number: int) -> None:
        self.sockets[number].close()

    def close_all(self) -> None:
        for found in self.sockets.values():
            found.close()
