/// The log: one line per thing that happened, the queue ID first, for people or for programs.
///
/// The server says which form its owner wants; whoever makes a bundle for a ticket asks for the
/// newest lines.
///
/// A line is one line whatever stands in it, and warnings and errors are masked once more, stack
/// traces included.
///
/// Read on in [postroom.log.Line].
@NullMarked
package postroom.log;

import org.jspecify.annotations.NullMarked;
