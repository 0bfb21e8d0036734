-- @description Dawbridge: Edit lyrics of time selection
-- @author Dawbridge
-- @about
--   Sings the selected range with other words, or plays it in another style. Several versions of the words become
--   several results, to be compared.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("edit")
