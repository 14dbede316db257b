/// Which service carries a message.
///
/// `intake` asks before it accepts: no service, no acceptance. Operators ask why.
///
/// The answer depends on the envelope, the header From, the credential, the usage and the services'
/// states of configuration, never on chance.
///
/// Read on in [postroom.route.Router].
@NullMarked
package postroom.route;

import org.jspecify.annotations.NullMarked;
