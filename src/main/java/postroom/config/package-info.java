/// `postroom.yaml` and the environment, bound to checked records.
///
/// `Main` reads them once at the start; the rooms get the parts they need.
///
/// Settings that exist are usable: an unknown key, or a value that cannot work, stops the start
/// with a sentence that names the key.
///
/// Read on in [postroom.config.Key], then [postroom.config.SettingsReader].
@NullMarked
package postroom.config;

import org.jspecify.annotations.NullMarked;
