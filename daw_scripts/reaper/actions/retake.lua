-- @description Dawbridge: Retake selected result
-- @author Dawbridge
-- @about
--   Makes a variation of the selected result.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("retake")
