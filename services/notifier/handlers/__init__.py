"""What comes of what was heard: facts recorded, alerts decided, notices said, in the log's order.

Pure: the stream brings what is known, and writes down what comes out. Whatever a message has left
is known to the one after it, wherever a batch ends. Notices come out as they are: whether they are
sent is decided on the way into the log, by what is known of those to whom they go.
"""
