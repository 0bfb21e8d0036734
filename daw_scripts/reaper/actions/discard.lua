-- @description Dawbridge: Discard result
-- @author Dawbridge
-- @about
--   Takes the selected result off the timeline, but for what is kept. Its files stay on disk.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("discard")
