"""Clips read like a file: the timeline that they make, of which only the part that is needed is ever read.

strand    one clip as a way through its file: which moment of it sounds at which sample of the timeline
live      the same from the raw values of Ableton Live
view      a file forwards, backwards or unrolled from its loop
tape      sound at another speed, pitch and all
stretch   sound at another speed, its pitch kept
sounding  a strand as audio
timeline  all strands together, behind what a file offers to the rest of region work
"""
