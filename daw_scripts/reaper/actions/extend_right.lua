-- @description Dawbridge: Extend item to the right
-- @author Dawbridge
-- @about
--   Continues the selected item to the right: new music that follows from it.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("extend_right")
