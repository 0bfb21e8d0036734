-- @description Dawbridge: Add layer to time selection
-- @author Dawbridge
-- @about
--   Adds an instrument that fits what the other tracks play in the selected range.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("layer")
