-- @description Dawbridge: Repaint time selection
-- @author Dawbridge
-- @about
--   Composes the selected range anew, with a model that runs on this computer. The result comes back as new takes at
--   the exact sample; the original stays as it is.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("repaint")
