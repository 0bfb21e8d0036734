-- @description Dawbridge: Choose next variant
-- @author Dawbridge
-- @about
--   Lets the next variant of the selected result be heard.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("choose", 1)
