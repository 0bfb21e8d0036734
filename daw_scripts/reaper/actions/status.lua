-- @description Dawbridge: Show status
-- @author Dawbridge
-- @about
--   Shows how the engine is and what is being made.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("status")
