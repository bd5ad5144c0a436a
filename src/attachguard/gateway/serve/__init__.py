"""The daemon: settings, sockets, the desk that fronts hand their messages to, reload, drain, metrics and the log."""
