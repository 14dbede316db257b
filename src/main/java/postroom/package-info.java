/// Postroom takes mail in, keeps it safely, and sends it out through the services its owner has set
/// up.
///
/// [postroom.Main] opens the door for every command; [postroom.House] wires the rooms of a server.
///
/// One message can be followed from the door to the provider in ten files; `docs/develop/tour.md`
/// names them.
///
/// Read on in [postroom.House].
@NullMarked
package postroom;

import org.jspecify.annotations.NullMarked;
