-- @description Dawbridge: Extend item to the left
-- @author Dawbridge
-- @about
--   Continues the selected item to the left: new music that leads into it.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("extend_left")
