package postroom.web;

/// A handler outside the console whose pages stand in its frame, too.
public interface Framed {}
