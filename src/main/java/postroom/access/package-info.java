/// Who may sign in, and which application may send as whom.
///
/// The doors ask it for every submission, `web` for every call and page.
///
/// Closed by default. Secrets are stored hashed; a check takes the same time whatever is wrong;
/// guessing is slowed and locked out per network, per credential and per person. What is taken from
/// a person is gone with their next click.
///
/// Read on in [postroom.access.Access], for people in [postroom.access.People].
@NullMarked
package postroom.access;

import org.jspecify.annotations.NullMarked;
