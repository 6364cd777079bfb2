"""The one room that talks to the portal.

secret    what must not be shown, and how strangers' text may be
gate      one pace for all threads, learnt from the server
wire      one request, once
answers   what an answer means
http      the session: who may write, how long to try, what may be repeated
crew      jobs side by side on few threads
pages     whole lists or an error
parse     from JSON to our nouns, strictly
lists     every list that we read
reader    a client that only reads
creation  making a thing exactly once
writer    a client that also writes
client    connect_reader, connect_writer
observe   the state as a whole
"""
