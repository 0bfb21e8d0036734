"""The scripts that run inside DAWs, and the build that makes installable files of them."""
