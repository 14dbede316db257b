/// Managing Postroom in a browser. Every page answers one question and works without scripts.
///
/// People with a role use it; `web` signs them in.
///
/// Every action is a form. Trouble stands on top and comes with its button. Nothing secret comes
/// back, and what is shown from outside is shown as text.
///
/// Read on in [postroom.console.Console], then [postroom.console.DashboardPage].
@NullMarked
package postroom.console;

import org.jspecify.annotations.NullMarked;
