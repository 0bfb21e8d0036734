"""The backend `ace-step-v1`: requests in our words on one side, `engine.models.ace_v1` on the other.

checkpoint    whether it can run here, and if not, why; reads no weights and imports no torch
capabilities  what it can do; imports no torch either
backend       what the worker calls: load, render
options       device, precision and the like, from the environment
studio        the loaded parts of the model, and where each of them is right now
score         a request made ready: checked, its words read, its demands known
memory        what a request will take, and the gentlest way that fits
session       the takes of a request, from loading to sound
words         tags, project tempo and key, and lyrics as the model reads them
listening     the context as latents: those that the take kept, or the audio encoded
adapters      LoRAs that a request names
performance   one request as one of the model's tasks
sounding      latents as audio, exactly as long as what was asked for
trouble       what the model's errors mean to a musician
"""
