-- @description Dawbridge: Make selected result again
-- @author Dawbridge
-- @about
--   Makes the selected result anew from the recipe inside it.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("again")
