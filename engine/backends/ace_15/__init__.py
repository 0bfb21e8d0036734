"""The backend `ace-step-1.5`: requests in our words on one side, diffusers' AceStepPipeline on the other.

checkpoint    which checkpoints can run here, and if not, why; reads no weights and imports no torch
variant       turbo, sft, base: what each was trained for, its steps, guidance and shift
capabilities  what a checkpoint can do; imports no torch either
roles         the twelve tracks that the model knows, and other words for them
backend       what the worker calls: load, render
studio        the loaded pipeline, and where its parts are right now
pipeline      the library's pipeline, given the latents that we have worked out
memory        what a request will take, and the way that fits
score         a request made ready: checked, its words read, its demands known
words         tags, lyrics, project tempo, meter and key as the prompt wants them
task          a request as one of the pipeline's tasks
session       the takes of a request, from loading to sound
listening     the context as latents: those that the take kept, or the audio encoded
codec         sound as latents and back, in pieces, with no gain of its own
noise         what a take starts from, from its seed, the same on every device
adapters      LoRAs that a request names
lora_file     what a file of them holds, as strong as it was trained
performance   one take: passes of the pipeline, with what must stay put back at every step
timing        a new stem held against the project's grid
presence      whether it sounds throughout its range
trouble       what the libraries' errors mean to a musician
"""
