-- @description Dawbridge: Cancel newest job
-- @author Dawbridge
-- @about
--   Stops the newest job that still runs.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("cancel")
