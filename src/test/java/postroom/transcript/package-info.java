/// The notation of SMTP transcripts: what the two sides say, line by line.
///
/// The runners of the listener and of the transport read their example files with it; playing is
/// theirs.
///
/// Read on in [postroom.transcript.Transcript].
@NullMarked
package postroom.transcript;

import org.jspecify.annotations.NullMarked;
