-- @description Dawbridge: Generate into time selection
-- @author Dawbridge
-- @about
--   Makes new music for the selected range, in the tempo, meter and key of the project.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("generate")
