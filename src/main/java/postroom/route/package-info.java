/// Which service carries a message.
///
/// `intake` asks before it accepts: no service, no acceptance. Operators ask why. What waits behind
/// a closed service asks once more.
///
/// The answer depends on the owner's rules, the envelope, the header section, the credential, the
/// usage and the services' states, never on chance.
///
/// Read on in [postroom.route.Router], then [postroom.route.Routes].
@NullMarked
package postroom.route;

import org.jspecify.annotations.NullMarked;
