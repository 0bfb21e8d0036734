"""The backend `ace-step-v1`: requests in our words on one side, `engine.models.ace_v1` on the other.

checkpoint    whether it can run here, and if not, why; reads no weights and imports no torch
backend       what the worker calls: load, render
options       device, precision and the like, from the environment
studio        the loaded parts of the model, and where each of them is right now
memory        what a request will take, and the gentlest way that fits
listening     the context as latents: those that the take kept, or the audio encoded
performance   one request as one of the model's tasks
words         tags, project tempo and key, and lyrics as the model reads them
adapters      LoRAs that a request names
trouble       what the model's errors mean to a musician
"""
