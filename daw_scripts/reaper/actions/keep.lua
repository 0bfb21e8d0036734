-- @description Dawbridge: Keep variant
-- @author Dawbridge
-- @about
--   Marks the variant that is heard as the one to keep.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("keep")
