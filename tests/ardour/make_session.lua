-- ardour7-lua make_session.lua FOLDER NAME RATE TRACK…: a session in 3/4 at 100 bpm, with stereo tracks.
local session = assert(create_session(arg[1], arg[2], tonumber(arg[3])), "the session cannot be made")
for index = 4, #arg do
  session:new_audio_track(2, 2, nil, 1, arg[index], ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
end
-- A thread of Ardour's connects new tracks to the master bus.
for index = 4, #arg do
  local track = session:route_by_name(arg[index])
  for _ = 1, 100 do
    if track:output():audio(0):connected() then break end
    sleep(0.05)
  end
end
local map = Temporal.TempoMap.write_copy()
map:set_tempo(Temporal.Tempo(100, 100, 4), Temporal.timepos_t(0))
map:set_meter(Temporal.Meter(3, 4), Temporal.timepos_t(0))
Temporal.TempoMap.update(map)
map = nil -- luacheck: ignore
session:save_state("", false, false, false, false, false)
session:close()
print("MADE")
quit()
