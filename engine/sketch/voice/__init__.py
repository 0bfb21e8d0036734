"""The guide vocal: words are spoken by the user's own espeak-ng and sung by the WORLD vocoder. A guide, not a singer.

lyrics      written lines → sections, lines that can be read, their language       languages, readings
espeak      a line → its phonemes and its sound, by the program espeak-ng
syllables   phonemes → syllables with stress, onset, nucleus and coda              phonemes
melody      syllables → notes over bars and chords                                 phrases
rewording   other words on the same notes
alignment   where each phoneme lies in the sound
recording   a line spoken, aligned and taken apart
songbook    lyrics → the words of a take
timing      where each moment of a spoken line goes when it is sung
singing     recording and notes → a voice                                          world, voices
singer      a score's vocal part → its stem
"""
