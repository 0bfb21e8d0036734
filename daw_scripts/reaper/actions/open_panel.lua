-- @description Dawbridge: Open in the panel
-- @author Dawbridge
-- @about
--   Opens the panel of Dawbridge in your browser, on the selected range: variants to hear one after the other, lyrics
--   to try. What you choose there is laid in here.
--   Needs the Dawbridge program; nothing is uploaded.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local action = require("reaper.action")

action.run("open_panel")
