-- @description Dawbridge: Panel
-- @author Dawbridge
-- @about
--   # Dawbridge
--
--   Select a region of your project; a music model that runs on this computer repaints it, extends it, sings it with
--   other words, or adds a stem that fits. The result comes back at the exact sample, beside the original.
--
--   - The panel has a form for every verb, shows the jobs, and lets you listen to the variants.
--   - Every verb is an action of its own too, so that you can give it a key.
--
--   Needs the Dawbridge program; nothing is uploaded. The panel needs ReaImGui; the single actions do not.
-- @provides [main=main] .
-- SPDX-License-Identifier: Apache-2.0

local panel = require("reaper.panel.main")

panel.run()
